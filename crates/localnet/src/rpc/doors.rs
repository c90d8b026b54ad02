//! Who is let in at the ports.

use http::{StatusCode, header::ORIGIN};
use jsonrpsee::server::{
    HttpBody, HttpRequest, HttpResponse,
    middleware::http::{Authority, Port},
};

use crate::origins::Callers;

/// Answers whoever is no caller of the cluster, over HTTP and at the start of WebSocket alike.
pub(super) fn refuse<B>(callers: &Callers, request: &HttpRequest<B>) -> Result<(), HttpResponse> {
    let authority = Authority::from_http_request(request).map(written);
    let authority = authority.unwrap_or_default();
    if !callers.admit_host(&authority) {
        return Err(refusal(
            "this cluster is not asked under that name: a host of --cors is one of its names",
        ));
    }
    let mut origins = request.headers().get_all(ORIGIN).iter();
    let admitted = origins.all(|origin| {
        let origin = origin.to_str().unwrap_or_default();
        callers.admit_origin(origin, &authority)
    });
    match admitted {
        true => Ok(()),
        false => Err(refusal(
            "this cluster does not answer pages of that origin: --cors ORIGIN lets them in",
        )),
    }
}

fn written(authority: Authority) -> String {
    let host = authority.host.to_ascii_lowercase();
    match authority.port {
        Port::Fixed(port) => format!("{host}:{port}"),
        Port::Default | Port::Any => host,
    }
}

fn refusal(why: &'static str) -> HttpResponse {
    let mut response = HttpResponse::new(HttpBody::from(why));
    *response.status_mut() = StatusCode::FORBIDDEN;
    response
}
