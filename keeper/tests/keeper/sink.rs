//! A server that notes what it is posted.

use std::{
    net::TcpListener,
    sync::{Arc, Mutex},
    thread,
};

use axum::{Json, Router, extract::State, routing::post};
use serde_json::Value;

/// It runs until the tests end.
pub struct Sink {
    posted: Arc<Mutex<Vec<Value>>>,
    /// Where it is posted to.
    pub url: String,
}

async fn take(State(posted): State<Arc<Mutex<Vec<Value>>>>, Json(body): Json<Value>) {
    posted.lock().unwrap().push(body);
}

impl Sink {
    pub fn start() -> Self {
        let posted = Arc::<Mutex<Vec<Value>>>::default();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}/secret", listener.local_addr().unwrap());
        let router = Router::new().route("/secret", post(take));
        let router = router.with_state(Arc::clone(&posted));
        thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                axum::serve(listener, router).await
            })
        });
        Self { posted, url }
    }

    /// All messages.
    pub fn posted(&self) -> Vec<Value> {
        self.posted.lock().unwrap().clone()
    }

    /// Event and alert of each message.
    pub fn told(&self) -> Vec<(String, String)> {
        let text = |body: &Value, field: &str| body[field].as_str().unwrap_or_default().to_owned();
        let posted = self.posted();
        let told = posted.iter();
        told.map(|body| (text(body, "event"), text(body, "alert")))
            .collect()
    }
}
