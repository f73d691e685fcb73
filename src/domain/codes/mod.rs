//! The table of codes. Codes are an interface: additions only, never a new meaning for an old word.

pub mod explain;
use serde::{Serialize, Serializer};

/// Class of the exit status of a blocking diagnosis. Declared from the lowest network layer up; the lowest one wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExitClass {
    /// 65: a recording cannot be read.
    Recording,
    /// 78: what was given is unreadable or incomplete.
    Configuration,
    /// 69: the host was not reached, or it is not Halo.
    Unreachable,
    /// 77: the sign-in was refused.
    SignIn,
    /// 75: no verdict, try again.
    NoVerdict,
    /// 1: the set-up is not ready.
    NotReady,
    /// 0: nothing blocks.
    Ready,
}

impl ExitClass {
    /// The process exit status of this class.
    pub fn status(self) -> u8 {
        match self {
            Self::Recording => 65,
            Self::Configuration => 78,
            Self::Unreachable => 69,
            Self::SignIn => 77,
            Self::NoVerdict => 75,
            Self::NotReady => 1,
            Self::Ready => 0,
        }
    }
}

macro_rules! codes {
    ($($variant:ident $id:literal $class:ident $headline:literal;)*) => {
        /// A conclusion, as one stable word.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = concat!("`", $id, "`: ", $headline)] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// The stable word, as in JSON and on the screen.
            pub fn id(self) -> &'static str {
                match self { $(Code::$variant => $id,)* }
            }

            /// The exit class of this code when a diagnosis with it blocks.
            pub fn exit_class(self) -> ExitClass {
                match self { $(Code::$variant => ExitClass::$class,)* }
            }

            /// One general sentence; a diagnosis says it with names and numbers.
            pub fn headline(self) -> &'static str {
                match self { $(Code::$variant => $headline,)* }
            }
        }
    };
}

codes! {
    Ok "ok" Ready "Passed.";
    OkPartial "ok.partial" Ready "Passed, but something stayed unproved.";

    InputUrlInvalid "input.url_invalid" Configuration "This is not a usable https address.";
    InputUrlInsecure "input.url_insecure" Configuration "The client secret would travel unencrypted.";
    InputTenantMissing "input.tenant_missing" Configuration "This Halo needs the tenant, and none is known.";
    InputTenantMismatch "input.tenant_mismatch" Configuration "The typed tenant is not this Halo's tenant.";
    InputClientIdFormat "input.client_id_format" Configuration "This does not look like a Client ID.";
    InputSecretFormat "input.secret_format" Configuration "This does not look like a Client Secret.";
    InputMissing "input.missing" Configuration "A value is missing.";
    InputCleaned "input.cleaned" Ready "A value was cleaned before it was used.";

    NetDns "net.dns" Unreachable "The host name does not resolve on this machine.";
    NetDnsUnavailable "net.dns_unavailable" NoVerdict "This machine's name service does not answer.";
    NetRefused "net.refused" Unreachable "The host refused the connection.";
    NetConnectTimeout "net.connect_timeout" NoVerdict "The host does not answer connection attempts.";
    NetTimeout "net.timeout" NoVerdict "Connected, but no complete answer in time.";
    NetReset "net.reset" NoVerdict "The connection was cut before a full answer.";
    NetUnreachable "net.unreachable" Unreachable "This machine has no route to the host.";
    NetProxy "net.proxy" Unreachable "The proxy did not let the connection through.";

    TlsNoRoots "tls.no_roots" Unreachable "This machine has no CA certificates.";
    TlsUntrusted "tls.untrusted" Unreachable "The certificate is signed by someone this machine does not know.";
    TlsExpired "tls.expired" Unreachable "The certificate has expired.";
    TlsNotYetValid "tls.not_yet_valid" Unreachable "The certificate is not valid yet.";
    TlsHostname "tls.hostname" Unreachable "The certificate is for another name.";
    TlsBadCertificate "tls.bad_certificate" Unreachable "The certificate cannot be accepted.";
    TlsVersion "tls.version" Unreachable "The server offers no TLS 1.2 or newer.";
    TlsHandshake "tls.handshake" Unreachable "The TLS handshake failed.";
    TlsClientCertRequired "tls.client_cert_required" Unreachable "The server wants a client certificate.";
    TlsNotTls "tls.not_tls" Unreachable "The port answers, but not with TLS.";
    TlsTimeout "tls.timeout" NoVerdict "The TLS handshake did not finish in time.";

    HttpNotFound "http.not_found" NotReady "There is nothing at this path.";
    HttpNotJson "http.not_json" NotReady "A web page came back where JSON was due.";
    HttpBadJson "http.bad_json" NotReady "The answer is not valid JSON.";
    HttpBadEncoding "http.bad_encoding" NotReady "The answer's compression cannot be read.";
    HttpEmpty "http.empty" NotReady "The answer is empty.";
    HttpTooLarge "http.too_large" NotReady "The answer is larger than the limit; reading stopped.";
    HttpMalformed "http.malformed" NotReady "The answer is not valid HTTP, or it was cut short.";
    HttpRedirectRefused "http.redirect_refused" NotReady "The server sends the request elsewhere; it was not followed.";
    HttpRedirectLoop "http.redirect_loop" NotReady "The server redirects in a circle.";
    HttpRateLimited "http.rate_limited" NoVerdict "Halo asks to slow down.";
    HttpServerError "http.server_error" NoVerdict "Halo had an internal error.";
    HttpUnavailable "http.unavailable" NoVerdict "Halo is not available at the moment.";
    HttpIntercepted "http.intercepted" Unreachable "Something in front of Halo answered in its place.";
    HttpUnexpectedStatus "http.unexpected_status" NotReady "The answer has a status that was not foreseen.";

    DiscoveryNotHalo "discovery.not_halo" Unreachable "There is no Halo at this address.";
    DiscoveryBadAuthUrl "discovery.bad_auth_url" Unreachable "Halo names an unusable authorisation server.";
    DiscoveryForeignAuthUrl "discovery.foreign_auth_url" Configuration "The authorisation server lies on another host that was not accepted.";

    AuthInvalidClient "auth.invalid_client" SignIn "Halo does not know this Client ID and secret together.";
    AuthInvalidScope "auth.invalid_scope" SignIn "Halo refused the scopes that were asked for.";
    AuthInvalidRequest "auth.invalid_request" SignIn "The authorisation server refused the form of the request.";
    AuthUnauthorizedClient "auth.unauthorized_client" SignIn "The application does not allow this way of signing in.";
    AuthUnsupportedGrant "auth.unsupported_grant" SignIn "This server does not offer client credentials.";
    AuthInvalidGrant "auth.invalid_grant" SignIn "The agent that the application logs in as may not log in.";
    AuthTenant "auth.tenant" SignIn "Halo does not know this tenant.";
    AuthBadTokenResponse "auth.bad_token_response" SignIn "The token answer is unusable.";
    AuthScopeMissing "auth.scope_missing" SignIn "The token carries no permission at all.";
    AuthTokenRejected "auth.token_rejected" SignIn "Halo gave a token and then refused it everywhere.";
    AuthClockSkew "auth.clock_skew" SignIn "This machine's clock and Halo's differ too much.";
    AuthUnknown "auth.unknown" SignIn "The authorisation server answered with an unknown error.";

    IdentityWrongAgent "identity.wrong_agent" NotReady "The token acts as another agent.";
    IdentityNotApiOnly "identity.not_api_only" NotReady "The agent is not an API-only agent.";
    IdentityWrongRole "identity.wrong_role" NotReady "The agent does not have the role.";
    IdentityDefaultTeam "identity.default_team" NotReady "The agent has a default team, which the guide does not want.";
    IdentityUnreadable "identity.unreadable" NotReady "Halo does not say who the token acts as.";

    ApiForbidden "api.forbidden" NotReady "Refused; the application or the role may be short.";
    ApiForbiddenAll "api.forbidden_all" NotReady "Signed in, but nothing may be read.";
    ApiScopeMissing "api.scope_missing" NotReady "The application lacks a permission.";
    ApiRoleLevel "api.role_level" NotReady "The role's access level is not what the guide asks for.";
    ApiNothingVisible "api.nothing_visible" NotReady "Allowed, but nothing is visible.";
    ApiModuleMissing "api.module_missing" NotReady "A module of this Halo is off.";
    ApiMissing "api.missing" NotReady "This Halo has no such endpoint.";
    ApiBadRequest "api.bad_request" NotReady "Halo refused the form of the test request.";
    ApiShape "api.shape" NotReady "The answer has an unexpected form.";

    VendorPrivateAddress "vendor.private_address" NotReady "The vendor's servers may not reach this address.";
    VendorPrivateCa "vendor.private_ca" NotReady "The vendor's servers may not trust this certificate.";
    VendorIncompleteChain "vendor.incomplete_chain" NotReady "The server leaves out an intermediate certificate.";
    VendorAuthServer "vendor.auth_server" NotReady "The vendor may not find the authorisation server.";
    VendorProxy "vendor.proxy" NotReady "This machine used a proxy; the vendor's servers will not.";
    VendorPort "vendor.port" NotReady "Halo is not at the usual port.";
    VendorAllowList "vendor.allow_list" NotReady "Halo may admit only the addresses of a list.";

    PrivilegeScopeExcess "privilege.scope_excess" NotReady "The application may do more than the guide asks for.";
    PrivilegeRoleExcess "privilege.role_excess" NotReady "The role may do more than the guide asks for.";
    PrivilegeAdministrator "privilege.administrator" NotReady "The agent is an administrator.";

    LocalCancelled "local.cancelled" NoVerdict "Stopped by you.";
    LocalRequestLimit "local.request_limit" NoVerdict "Not asked: the requests of this run were used up.";
    LocalBug "local.bug" NoVerdict "This check broke. That is this program's fault, not Halo's.";
    LocalTty "local.tty" Configuration "This needs a terminal.";
    LocalConfigInvalid "local.config_invalid" Configuration "The configuration cannot be read.";
    LocalStoreCorrupt "local.store_corrupt" Configuration "A stored file is damaged.";
    LocalStoreNewer "local.store_newer" Configuration "A stored file was written by a newer version.";
    LocalStorePerm "local.store_perm" Configuration "A file has unsafe permissions, or another owner.";
    LocalStoreLocked "local.store_locked" Configuration "Another instance is writing.";
    LocalStoreUnlocked "local.store_unlocked" Configuration "The file system has no locks.";
    LocalDiskFull "local.disk_full" Configuration "A file could not be written.";
    LocalKeyringUnavailable "local.keyring_unavailable" Configuration "This login has no key store.";
    LocalKeyringLocked "local.keyring_locked" Configuration "The key store is locked.";
    LocalKeyringTimeout "local.keyring_timeout" Configuration "The key store does not answer.";
    LocalRecordingInvalid "local.recording_invalid" Recording "This file is no recording that can be replayed.";
    LocalSecretCommand "local.secret_command" Configuration "The secret command did not give a secret.";
}

impl Code {
    /// True for what works here and may not work from the vendor's servers.
    pub fn is_of_vendor_side(self) -> bool {
        self.id().starts_with("vendor.")
    }

    /// Looks a code up by its word.
    pub fn from_id(id: &str) -> Option<Code> {
        Self::ALL.iter().copied().find(|code| code.id() == id)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_found_by_its_own_word_alone() {
        for code in Code::ALL {
            assert_eq!(Code::from_id(code.id()), Some(*code), "{} stands twice in the table", code.id());
        }
    }

    #[test]
    fn lower_layers_win() {
        let order: Vec<u8> = [
            ExitClass::Configuration,
            ExitClass::Unreachable,
            ExitClass::SignIn,
            ExitClass::NoVerdict,
            ExitClass::NotReady,
        ]
        .iter()
        .map(|class| class.status())
        .collect();
        assert_eq!(order, [78, 69, 77, 75, 1]);
        assert!(ExitClass::Configuration < ExitClass::Unreachable && ExitClass::NotReady < ExitClass::Ready);
    }
}
