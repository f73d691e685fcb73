//! Additional texts of the help.

/// Text below the short help.
pub const SHORT: &str =
    "Exit status: 0 ready, 1 not ready, 2 usage, 69 not reached, 75 try again, 77 sign-in refused, 78 configuration,
65 no recording (replay).
More: halo-onboard --help, halo-onboard explain";

/// Text below the long help.
pub const LONG: &str = "\
Exit status:
  0    ready; warnings too, unless check --strict
  1    not ready: at least one blocking diagnosis
  2    wrong usage
  65   replay: the file is no recording that can be replayed
  69   the host was not reached: DNS, refused, TLS, or it is not Halo
  75   no verdict, try again: timeout, 429, 5xx, cancelled
  77   the sign-in was refused
  78   the configuration is unreadable or incomplete
  129, 130, 143   ended by SIGHUP, SIGINT, SIGTERM
  If several apply: the first of 78, 69, 77, 75, 1.

Environment:
  HALO_URL, HALO_TENANT, HALO_CLIENT_ID   as the options of the same name
  HALO_CLIENT_SECRET    the Client Secret; commands that this program runs do not get it
  HALO_ONBOARD_CONFIG   the configuration file
  HTTPS_PROXY, ALL_PROXY, NO_PROXY        proxies; none is used for --demo
  NO_COLOR, CLICOLOR_FORCE, TERM=dumb     colour
  ACCESSIBLE            as --plain
  A flag overrides the environment, the environment a profile, a profile the configuration file.

The Client Secret is never an argument, because every user of a machine can read those. It comes from --secret-stdin,
--secret-command, HALO_CLIENT_SECRET, the profile's secret_command, or is typed, hidden.

Files:
  $XDG_CONFIG_HOME/halo-onboard/config.toml   settings and profiles; halo-onboard paths shows the path on this machine

Examples:
  halo-onboard --demo
      try everything on the simulated Halo: no account, no network
  halo-onboard check --url https://company.halopsa.com --tenant company --client-id ID --secret-stdin < secret
      check from a script; the exit status is the result
  halo-onboard check --profile company --until-ready --deadline 30m
      wait while someone fixes the role in Halo";

/// Text below the long help of `replay`.
pub const REPLAY: &str = "\
The recording comes from halo-onboard check --record FILE, or from the interface. It is judged by the same rules as a run;
where this version concludes something else than the run that made it, that is said on standard error.

Exit status: as of check, for the verdict of the replay; 65 where the file is no recording that can be replayed.

Examples:
  halo-onboard check --demo=role-invoices --record run.json
  halo-onboard replay run.json
  halo-onboard replay run.json --verdict-only
      not_ready api.role_level
  halo-onboard replay run.json --doubts
      what it tells about Halo that was not known";

/// Text below the long help of `check`.
pub const CHECK: &str = "\
Results go to standard output, all else to standard error. Human output is a line a check, and with --all-profiles a
table on a terminal and a line a tenant elsewhere; it ends with one verdict line. With --watch, the forms that are one document (json, junit,
prometheus, markdown) are written once, at the end; human and jsonl are written as they come.

With --all-profiles, each profile has one result, whatever ends the run. A host that answers 429 or 503 with Retry-After
is asked again after that time; its own tenants wait for it, no others. It may make them wait for five minutes in all,
or for as long as --deadline says; what is left then is http.rate_limited.

Exit status: 0 ready, 1 not ready, 2 usage, 69 not reached, 75 try again, 77 sign-in refused, 78 configuration,
129, 130, 143 ended by a signal. Of several, and of several tenants: the first of 78, 69, 77, 75, 1.

Environment:
  HALO_URL, HALO_TENANT, HALO_CLIENT_ID, HALO_CLIENT_SECRET   one connection; see halo-onboard --help for the others
  NO_COLOR, CLICOLOR_FORCE                                    colour never, colour always

Files:
  $XDG_CONFIG_HOME/halo-onboard/config.toml   settings and profiles; halo-onboard paths shows the path on this machine
  schemas/report.v1.json, events.v1.json, fleet.v1.json       what --print-schema prints

Examples:
  halo-onboard check --demo
  halo-onboard check --profile company --format json
  halo-onboard check --profile company --only invoices -v
  halo-onboard check --all-profiles --format prometheus
      every tenant, for Prometheus' textfile collector
  halo-onboard check --all-profiles --jobs 64 --deadline 10m --format jsonl
      a report a line, as the tenants end
  halo-onboard check --all-profiles --shard 0/4 --format jsonl
      a quarter of the tenants; 1/4, 2/4 and 3/4 are the others";
