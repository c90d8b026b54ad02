//! A JSON-RPC port before another one, whose connections can break in every way.

use std::{convert::Infallible, future::pending, sync::Arc};

use futures_util::{
    future::{BoxFuture, poll_fn},
    stream,
};
use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::{
    Request, Response,
    body::{Bytes, Frame, Incoming},
    header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use reqwest::Client;
use serde_json::Value;
use tokio::{
    net::{TcpListener, TcpStream},
    runtime::Runtime,
};

/// Serves as long as it lives.
pub(super) struct Proxy {
    /// Where it listens.
    pub url: String,
    // Dropped with all its connections.
    _runtime: Runtime,
}

/// What a caller hears.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Reply {
    /// An object of JSON-RPC.
    Answer(Value),
    /// The first half of it; then the connection ends.
    Half(Value),
    /// A status of HTTP without an object, and the seconds in its `Retry-After`.
    Status(u16, Option<u64>),
    /// The connection is reset.
    Reset,
    /// The connection stays open, and nothing comes.
    Silence,
}

/// The port that is asked in the end.
#[derive(Clone)]
pub(super) struct Upstream {
    client: Client,
    url: String,
}

/// What a request is answered with.
pub(super) type Answer = Box<dyn Fn(Value, Upstream) -> BoxFuture<'static, Reply> + Send + Sync>;

/// Why a connection breaks: because it shall.
#[derive(Debug)]
struct Broken;

type Body = UnsyncBoxBody<Bytes, Broken>;

impl Proxy {
    /// A port before the one at `url`.
    pub fn before(url: &str, answer: Answer) -> Self {
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let here = format!("http://{}", listener.local_addr().unwrap());
        let upstream = Upstream {
            client: Client::new(),
            url: url.to_owned(),
        };
        runtime.spawn(listen(listener, Arc::new(answer), upstream));
        Self {
            url: here,
            _runtime: runtime,
        }
    }
}

impl Upstream {
    /// The honest answer; none where the port is closed.
    pub async fn ask(&self, request: &Value) -> Option<Value> {
        let sent = self.client.post(&self.url).json(request).send();
        sent.await.ok()?.json().await.ok()
    }
}

async fn listen(listener: TcpListener, answer: Arc<Answer>, upstream: Upstream) -> Infallible {
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, Arc::clone(&answer), upstream.clone()));
        }
    }
}

/// Serves one connection. One that breaks is reset, as by a machine that is gone.
async fn serve(stream: TcpStream, answer: Arc<Answer>, upstream: Upstream) {
    let service = service_fn(|request| Box::pin(respond(request, &answer, &upstream)));
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    if poll_fn(|context| connection.poll_without_shutdown(context))
        .await
        .is_err()
    {
        let stream = connection.into_parts().io.into_inner();
        // With nothing left to linger for, its end is a reset.
        stream.set_zero_linger().ok();
    }
}

async fn respond(
    request: Request<Incoming>,
    answer: &Answer,
    upstream: &Upstream,
) -> Result<Response<Body>, Broken> {
    let body = request.into_body().collect().await.map_err(|_| Broken)?;
    let request = serde_json::from_slice(&body.to_bytes()).map_err(|_| Broken)?;
    // A caller who leaves takes nothing back: what was asked is done.
    let reply = tokio::spawn(answer(request, upstream.clone()));
    match reply.await.map_err(|_| Broken)? {
        Reply::Answer(value) => response(200, None, whole(value.to_string())),
        Reply::Half(value) => half(&value.to_string()),
        Reply::Status(status, retry_after) => {
            response(status, retry_after, whole("no JSON here".to_owned()))
        }
        Reply::Reset => Err(Broken),
        Reply::Silence => pending().await,
    }
}

fn response(status: u16, retry_after: Option<u64>, body: Body) -> Result<Response<Body>, Broken> {
    let mut response = Response::builder()
        .status(status)
        .header(CONTENT_TYPE, "application/json");
    if let Some(seconds) = retry_after {
        response = response.header(RETRY_AFTER, seconds);
    }
    response.body(body).map_err(|_| Broken)
}

fn whole(text: String) -> Body {
    Full::from(text)
        .map_err(|never| match never {})
        .boxed_unsync()
}

/// Promises all bytes and gives half of them.
fn half(text: &str) -> Result<Response<Body>, Broken> {
    let first = Bytes::copy_from_slice(&text.as_bytes()[..text.len() / 2]);
    let frames = [Ok(Frame::data(first)), Err(Broken)];
    let body = StreamBody::new(stream::iter(frames)).boxed_unsync();
    let mut response = response(200, None, body)?;
    response
        .headers_mut()
        .insert(CONTENT_LENGTH, text.len().into());
    Ok(response)
}

impl std::fmt::Display for Broken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("the connection breaks")
    }
}

impl std::error::Error for Broken {}
