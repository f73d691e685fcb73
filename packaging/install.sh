#!/bin/sh
# Installs halo-onboard for this user: no root, no package manager. Linux and macOS.
#
#   sh install.sh                     the version of this script
#   sh install.sh --from DIRECTORY    from files that are here already: the archive and SHA256SUMS
#   sh install.sh --uninstall         removes what it installed
#
# Nothing is installed unless the archive has the SHA-256 that SHA256SUMS (or --sha256) gives. A release fills in the version and
# the address; the copy in the repository has neither.
set -eu

# One function, called by the last line: a script whose download was cut runs nothing.
main() {
    version=@VERSION@
    releases=@RELEASES@

    from='' sha256='' target='' action=install_program
    directory=${XDG_BIN_HOME:-}
    while [ $# -gt 0 ]; do
        case $1 in
            --from | --to | --version | --sha256 | --target)
                [ $# -ge 2 ] && [ -n "$2" ] || fail 2 "$1 needs a value."
                case $1 in
                    --from) from=$2 ;;
                    --to) directory=$2 ;;
                    --version) version=${2#v} ;;
                    --sha256) sha256=$2 ;;
                    --target) target=$2 ;;
                esac
                shift 2
                ;;
            --uninstall) action=uninstall; shift ;;
            -h | --help) usage; exit 0 ;;
            *) usage >&2; fail 2 "Unknown option: $1" ;;
        esac
    done

    case ${HOME:-} in
        /*) ;;
        *) fail 1 "HOME is not set, so there is no place for files of this user." ;;
    esac
    [ -n "$directory" ] || directory=$HOME/.local/bin
    case $directory in
        /*) ;;
        *) directory=$PWD/$directory ;;
    esac
    data=${XDG_DATA_HOME:-$HOME/.local/share}
    record=$data/halo-onboard/installed-files
    case $directory$data in
        *"
"*) fail 2 "A directory with a line break in its name cannot be used." ;;
    esac

    work='' staged=''
    trap clean_up EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    umask 022
    "$action"
}

usage() {
    cat << 'END'
Installs halo-onboard for this user. It needs no root.

  sh install.sh [options]

  --to DIRECTORY      where the program goes [default: $XDG_BIN_HOME, else ~/.local/bin]
  --from ADDRESS      an https address or a directory that holds the archive and SHA256SUMS
  --version VERSION   another version than this script's
  --sha256 HEX        the archive's SHA-256, from a source that you trust, instead of SHA256SUMS
  --target TRIPLE     another build than the one for this machine, e.g. aarch64-unknown-linux-musl
  --uninstall         remove what this script installed; profiles and settings stay
END
}

fail() {
    status=$1
    shift
    printf 'install.sh: %s\n' "$@" >&2
    exit "$status"
}

clean_up() {
    [ -z "$work" ] || rm -rf "$work"
    [ -z "$staged" ] || rm -f "$staged"
}

has() { command -v "$1" > /dev/null 2>&1; }

make_working_directory() {
    work=$(mktemp -d "${TMPDIR:-/tmp}/halo-onboard.XXXXXX") || fail 1 "No temporary directory can be made."
}

install_program() {
    [ -n "$target" ] || target=$(this_target)
    case $version in
        @*) fail 2 "This copy of the script belongs to no release. Give --version and --from, or take the script of a release." ;;
        *[!0-9A-Za-z.+-]*) fail 2 "This is no version: $version" ;;
    esac
    if [ -z "$from" ]; then
        case $releases in
            @*) fail 2 "This copy of the script names no address. Give --from ADDRESS, or take the script of a release." ;;
        esac
        from=$releases/download/v$version
    fi
    name=halo-onboard-$version-$target
    check_destination

    make_working_directory
    get "$name.tar.gz"
    [ -n "$sha256" ] || sha256=$(listed_sum "$name.tar.gz")
    verify "$work/$name.tar.gz"
    (cd "$work" && tar -xzf "$name.tar.gz") || fail 1 "The archive cannot be unpacked: $name.tar.gz"
    [ -f "$work/$name/halo-onboard" ] || fail 1 "The archive holds no $name/halo-onboard."

    put_program
    put_pages_and_completions
    say_how_it_runs
}

this_target() {
    system=$(uname -s) machine=$(uname -m)
    case $machine in
        x86_64 | amd64) machine=x86_64 ;;
        aarch64 | arm64) machine=aarch64 ;;
        *) fail 1 "There is no build for $machine. Build it from its source: cargo install --path ." ;;
    esac
    case $system in
        Linux) echo "$machine-unknown-linux-musl" ;;
        Darwin)
            # A shell under Rosetta says x86_64 on an arm64 machine.
            [ "$(sysctl -n sysctl.proc_translated 2> /dev/null)" != 1 ] || machine=aarch64
            echo "$machine-apple-darwin"
            ;;
        *) fail 1 "There is no build for $system. On Windows, use install.ps1." ;;
    esac
}

# Before anything is fetched: whether the place can be written, and whose file is there.
check_destination() {
    destination=$directory/halo-onboard
    [ ! -d "$destination" ] || fail 1 "$destination is a directory. Choose another place with --to."
    if [ -e "$destination" ] || [ -h "$destination" ]; then
        is_recorded "$destination" || fail 1 \
            "$destination was not installed by this script, so it is left alone." \
            "Remove it, or choose another place with --to."
    fi
    for place in "$directory" "${record%/*}"; do
        mkdir -p "$place" 2> /dev/null || true
        if [ ! -d "$place" ] || [ ! -w "$place" ]; then
            fail 1 "$place cannot be written. Choose another place: --to for the program, XDG_DATA_HOME for the rest."
        fi
    done
}

is_recorded() { [ -f "$record" ] && grep -Fqx -e "$1" "$record"; }

# Copies or downloads one file of the release into the working directory.
get() {
    case $from in
        https://*) download "$1" '=https' ;;
        # Plain http from this machine alone: from another one, the checksum would be as unprotected as the archive.
        http://127.0.0.1[:/]* | http://localhost[:/]* | http://\[::1\][:/]*) download "$1" '=http' ;;
        *://*) fail 2 "Only https addresses and directories can be used: $from" ;;
        *)
            [ -f "$from/$1" ] || fail 1 "There is no $1 in $from."
            cp "$from/$1" "$work/$1" || fail 1 "$from/$1 cannot be copied."
            ;;
    esac
}

download() {
    address=${from%/}/$1
    echo "Downloading $address" >&2
    if has curl; then
        curl --proto "$2" --proto-redir "$2" --fail --silent --show-error --location --retry 2 \
            --output "$work/$1" "$address" || fail 1 "$address was not received whole. Nothing was installed."
    elif has wget; then
        wget -q -O "$work/$1" "$address" || fail 1 "$address was not received whole. Nothing was installed."
    else
        fail 1 "Neither curl nor wget is here. Download the files by other means and give their directory: --from DIRECTORY"
    fi
}

# The sum that SHA256SUMS gives for a file. Exactly one line must name it.
listed_sum() {
    get SHA256SUMS
    awk -v name="$1" '
        { file = $2; sub(/^\*/, "", file) }
        file == name && NF == 2 { sum = $1; found++ }
        END { if (found != 1) exit 1; print sum }
    ' "$work/SHA256SUMS" || fail 1 "SHA256SUMS does not name $1 exactly once. Nothing was installed."
}

verify() {
    if has sha256sum; then found=$(sha256sum < "$1")
    elif has shasum; then found=$(shasum -a 256 < "$1")
    elif has openssl; then found=$(openssl dgst -sha256 -r < "$1")
    else fail 1 "No program here computes SHA-256 (sha256sum, shasum or openssl). Nothing was installed."
    fi
    found=${found%% *}
    wanted=$(printf %s "$sha256" | tr 'A-F' 'a-f')
    case ${#wanted}:$wanted in
        64:*[!0-9a-f]*) fail 1 "This is no SHA-256: $sha256. Nothing was installed." ;;
        64:*) ;;
        *) fail 1 "This is no SHA-256: $sha256. Nothing was installed." ;;
    esac
    [ "$found" = "$wanted" ] || fail 1 \
        "The archive is not the one that was published: it is damaged or was changed. Nothing was installed." \
        "expected SHA-256 $wanted" "received SHA-256 $found"
}

put_program() {
    # Beside its place, so that the last step is one rename: there is the old program or the new one, never half of one.
    staged=$directory/.halo-onboard.$$
    if ! cp "$work/$name/halo-onboard" "$staged" || ! chmod 755 "$staged"; then
        fail 1 "$directory cannot be written. Nothing was installed."
    fi
    said=$("$staged" --version 2>&1) || fail 1 "The program cannot run on this machine: $said" "Nothing was installed."
    case $said in
        "halo-onboard $version" | "halo-onboard $version
"*) ;;
        *) fail 1 "The archive holds another program than halo-onboard $version: $said" "Nothing was installed." ;;
    esac
    : > "$work/old-files"
    [ ! -f "$record" ] || cp "$record" "$work/old-files"
    # Recorded before it is there: --uninstall finds it whatever comes between.
    { cat "$work/old-files" && echo "$destination"; } > "$record"
    mv -f "$staged" "$destination" || fail 1 "$destination cannot be written."
    staged=''
    echo "$destination" > "$work/files"
}

put_pages_and_completions() {
    for page in "$work/$name"/man/*.1; do put "$page" "$data/man/man1/${page##*/}"; done
    put "$work/$name/completions/halo-onboard.bash" "$data/bash-completion/completions/halo-onboard"
    put "$work/$name/completions/halo-onboard.zsh" "$data/zsh/site-functions/_halo-onboard"
    put "$work/$name/completions/halo-onboard.fish" "$data/fish/vendor_completions.d/halo-onboard.fish"
    # What an older version had and this one has not, or what was elsewhere.
    grep -Fvx -f "$work/files" "$work/old-files" > "$work/gone" || true
    remove_listed "$work/gone"
    cp "$work/files" "$record"
}

# Installs a page or a completion. The program works without them.
put() {
    [ -f "$1" ] || return 0
    if mkdir -p "${2%/*}" 2> /dev/null && cp "$1" "$2" 2> /dev/null && chmod 644 "$2"; then
        echo "$2" >> "$work/files"
    else
        echo "install.sh: not installed, because it cannot be written: $2" >&2
    fi
}

say_how_it_runs() {
    echo "halo-onboard $version is installed:"
    sed 's/^/  /' "$record"
    echo "To remove it: sh install.sh --uninstall"
    case :${PATH:-}: in
        *":$directory:"*) ;;
        *)
            echo "$directory is not in PATH yet. Add this line to the start-up file of your shell:"
            # The variable is for the reader's shell.
            # shellcheck disable=SC2016
            printf '  export PATH="%s:$PATH"\n' "$directory"
            ;;
    esac
}

uninstall() {
    [ -f "$record" ] || fail 1 "This script has installed nothing here: there is no $record."
    make_working_directory
    cp "$record" "$work/files"
    remove_listed "$work/files"
    rm -f "$record"
    rmdir "${record%/*}" 2> /dev/null || true
    echo "Profiles and settings are left, if there are any: ${XDG_CONFIG_HOME:-$HOME/.config}/halo-onboard," \
        "${XDG_STATE_HOME:-$HOME/.local/state}/halo-onboard"
}

# Removes the listed files. Names that this script never writes are left alone, whoever wrote them into the record.
remove_listed() {
    while IFS= read -r file; do
        case $file in
            */../*) continue ;;
            /*/halo-onboard | /*/man/man1/halo-onboard*.1 | /*/_halo-onboard | /*/halo-onboard.fish) ;;
            *) continue ;;
        esac
        if [ -f "$file" ] || [ -h "$file" ]; then
            rm -f "$file" || fail 1 "$file cannot be removed."
            echo "Removed $file"
        fi
    done < "$1"
}

main "$@"
