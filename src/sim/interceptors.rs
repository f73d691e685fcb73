//! Interceptors that respond instead of Halo: firewalls, gateways, login pages and web servers in front of it.
//!
//! Each response is modelled on public reports of such products; none comes from Halo. A client must not draw a
//! conclusion about a role, an application or a tenant from one of them.

use hyper::StatusCode;
use hyper::header::{HeaderName, LOCATION, SERVER, WWW_AUTHENTICATE};
use serde::Deserialize;

use super::endpoints::FaultScope;
use super::response::OutgoingResponse;

/// An interceptor and the places where it answers.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intercept {
    /// Places where it responds instead of Halo.
    pub at: Vec<FaultScope>,
    /// Kind of interceptor.
    pub by: Interceptor,
}

/// Products and configurations that were reported in front of web services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Interceptor {
    /// Cloudflare asks for a browser: 403 with `cf-mitigated: challenge`.
    CloudflareChallenge,
    /// Cloudflare blocks the address: 403.
    CloudflareBlock,
    /// An F5 policy: 200 with a page "Request Rejected" and a support id.
    F5,
    /// An AWS load balancer with a firewall: 403 from `awselb/2.0`.
    AwsLoadBalancer,
    /// An Azure application gateway: 403.
    AzureGateway,
    /// IIS asks for Windows authentication: 401 with Negotiate and NTLM.
    IisWindowsAuth,
    /// IIS forbids the path: 403 page.
    IisForbidden,
    /// A reverse proxy with HTTP basic authentication: 401.
    BasicAuth,
    /// A sign-in gateway redirects to its login page: 302 to another host.
    LoginRedirect,
    /// A sign-in gateway answers with its login page: 200.
    LoginPage,
    /// A web filter between this machine and Halo: 403.
    WebFilter,
}

impl Interceptor {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::CloudflareChallenge,
        Self::CloudflareBlock,
        Self::F5,
        Self::AwsLoadBalancer,
        Self::AzureGateway,
        Self::IisWindowsAuth,
        Self::IisForbidden,
        Self::BasicAuth,
        Self::LoginRedirect,
        Self::LoginPage,
        Self::WebFilter,
    ];

    /// Returns its response.
    pub(super) fn answer(self) -> OutgoingResponse {
        let page = |status, title: &str, body: &str| OutgoingResponse::page(status, title, body);
        match self {
            Self::CloudflareChallenge => page(StatusCode::FORBIDDEN, "Just a moment...", "Checking your browser.")
                .with(SERVER, "cloudflare")
                .with(HeaderName::from_static("cf-mitigated"), "challenge"),
            Self::CloudflareBlock => {
                page(StatusCode::FORBIDDEN, "Attention Required! | Cloudflare", "Sorry, you have been blocked.")
                    .with(SERVER, "cloudflare")
            }
            Self::F5 => page(
                StatusCode::OK,
                "Request Rejected",
                "The requested URL was rejected. Please consult with your administrator.<br>Your support ID is: 1234567890",
            ),
            Self::AwsLoadBalancer => page(StatusCode::FORBIDDEN, "403 Forbidden", "").with(SERVER, "awselb/2.0"),
            Self::AzureGateway => {
                page(StatusCode::FORBIDDEN, "403 Forbidden", "").with(SERVER, "Microsoft-Azure-Application-Gateway/v2")
            }
            Self::IisWindowsAuth => {
                page(StatusCode::UNAUTHORIZED, "401 - Unauthorized: Access is denied due to invalid credentials.", "")
                    .with(SERVER, "Microsoft-IIS/10.0")
                    .with(WWW_AUTHENTICATE, "Negotiate")
                    .with(WWW_AUTHENTICATE, "NTLM")
            }
            Self::IisForbidden => {
                page(StatusCode::FORBIDDEN, "403 - Forbidden: Access is denied.", "").with(SERVER, "Microsoft-IIS/10.0")
            }
            Self::BasicAuth => page(StatusCode::UNAUTHORIZED, "401 Authorization Required", "")
                .with(SERVER, "nginx")
                .with(WWW_AUTHENTICATE, "Basic realm=\"Restricted\""),
            Self::LoginRedirect => OutgoingResponse::status_only(StatusCode::FOUND).with(
                LOCATION,
                "https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=1&response_type=code",
            ),
            Self::LoginPage => page(
                StatusCode::OK,
                "Sign in to your account",
                "<form method=\"post\"><input type=\"password\" name=\"passwd\"></form>",
            ),
            Self::WebFilter => {
                page(StatusCode::FORBIDDEN, "Web Page Blocked", "This category is blocked by your organisation.")
                    .with(SERVER, "Zscaler/6.2")
            }
        }
    }
}
