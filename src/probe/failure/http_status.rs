//! HTTP status to code, by the stage of the run.

use crate::domain::codes::Code;

/// Codes that mean the same at every stage.
fn common(status: u16) -> Option<Code> {
    match status {
        407 => Some(Code::NetProxy),
        429 => Some(Code::HttpRateLimited),
        502..=504 => Some(Code::HttpUnavailable),
        500..=599 => Some(Code::HttpServerError),
        _ => None,
    }
}

/// Code of a status of `/api/authinfo`. Any refusal means that this is not a Halo.
pub(in crate::probe) fn discovery_status(status: u16) -> Code {
    common(status).unwrap_or(match status {
        400..=499 => Code::DiscoveryNotHalo,
        _ => Code::HttpUnexpectedStatus,
    })
}

/// At the token endpoint, when no OAuth word says more.
pub(in crate::probe) fn token_status(status: u16) -> Code {
    common(status).unwrap_or(match status {
        404 | 405 | 410 => Code::HttpNotFound,
        400 | 401 | 403 => Code::AuthUnknown,
        _ => Code::HttpUnexpectedStatus,
    })
}

/// At an endpoint of the API.
pub(in crate::probe) fn api_status(status: u16) -> Code {
    common(status).unwrap_or(match status {
        401 | 403 => Code::ApiForbidden,
        404 | 410 => Code::ApiMissing,
        400 | 405 | 422 => Code::ApiBadRequest,
        _ => Code::HttpUnexpectedStatus,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_by_stage() {
        for (status, discovery, token, api) in [
            (400, Code::DiscoveryNotHalo, Code::AuthUnknown, Code::ApiBadRequest),
            (401, Code::DiscoveryNotHalo, Code::AuthUnknown, Code::ApiForbidden),
            (403, Code::DiscoveryNotHalo, Code::AuthUnknown, Code::ApiForbidden),
            (404, Code::DiscoveryNotHalo, Code::HttpNotFound, Code::ApiMissing),
            (407, Code::NetProxy, Code::NetProxy, Code::NetProxy),
            (418, Code::DiscoveryNotHalo, Code::HttpUnexpectedStatus, Code::HttpUnexpectedStatus),
            (422, Code::DiscoveryNotHalo, Code::HttpUnexpectedStatus, Code::ApiBadRequest),
            (429, Code::HttpRateLimited, Code::HttpRateLimited, Code::HttpRateLimited),
            (500, Code::HttpServerError, Code::HttpServerError, Code::HttpServerError),
            (503, Code::HttpUnavailable, Code::HttpUnavailable, Code::HttpUnavailable),
            (304, Code::HttpUnexpectedStatus, Code::HttpUnexpectedStatus, Code::HttpUnexpectedStatus),
            (999, Code::HttpUnexpectedStatus, Code::HttpUnexpectedStatus, Code::HttpUnexpectedStatus),
        ] {
            assert_eq!((discovery_status(status), token_status(status), api_status(status)), (discovery, token, api));
        }
    }
}
