//! Who is let in at the ports.

use http::{StatusCode, header::ORIGIN};
use jsonrpsee::server::{
    HttpBody, HttpRequest, HttpResponse,
    middleware::http::{Authority, Port},
};
use tower_http::validate_request::ValidateRequest;

use crate::origins::Callers;

/// Lets callers of the cluster in, over HTTP and at the start of WebSocket alike.
#[derive(Clone)]
pub(super) struct Door(pub(super) Callers);

impl<B> ValidateRequest<B> for Door {
    type ResponseBody = HttpBody;

    fn validate(&mut self, request: &mut HttpRequest<B>) -> Result<(), HttpResponse> {
        match objection(&self.0, request) {
            None => Ok(()),
            Some(why) => {
                let mut response = HttpResponse::new(HttpBody::from(why));
                *response.status_mut() = StatusCode::FORBIDDEN;
                Err(response)
            }
        }
    }
}

/// Why a request is not answered; none where it is.
fn objection<B>(callers: &Callers, request: &HttpRequest<B>) -> Option<&'static str> {
    let authority = Authority::from_http_request(request).map(written);
    let authority = authority.unwrap_or_default();
    if !callers.admit_host(&authority) {
        return Some(
            "this cluster is not asked under that name: a host of --cors is one of its names",
        );
    }
    let mut origins = request.headers().get_all(ORIGIN).iter();
    let admitted = origins.all(|origin| {
        let origin = origin.to_str().unwrap_or_default();
        callers.admit_origin(origin, &authority)
    });
    (!admitted)
        .then_some("this cluster does not answer pages of that origin: --cors ORIGIN lets them in")
}

fn written(authority: Authority) -> String {
    let host = authority.host.to_ascii_lowercase();
    match authority.port {
        Port::Fixed(port) => format!("{host}:{port}"),
        Port::Default | Port::Any => host,
    }
}
