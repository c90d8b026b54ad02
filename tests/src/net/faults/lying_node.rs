//! A node that does not say what the cluster says.

use std::sync::Arc;

use serde_json::Value;

use super::proxy::{Proxy, Reply};

/// A JSON-RPC port before an honest one: it passes every request on, and may change the answer. It
/// serves as long as this value lives.
pub struct LyingNode {
    /// Where it listens.
    pub url: String,
    _proxy: Proxy,
}

impl LyingNode {
    /// A node before the one at `honest_url`. Its lie is told the request and the honest answer.
    pub fn before(
        honest_url: &str,
        lie: impl Fn(&Value, &mut Value) + Send + Sync + 'static,
    ) -> Self {
        let lie = Arc::new(lie);
        let proxy = Proxy::before(
            honest_url,
            Box::new(move |request, upstream| {
                let lie = Arc::clone(&lie);
                Box::pin(async move {
                    let Some(mut answer) = upstream.ask(&request).await else {
                        return Reply::Reset;
                    };
                    lie(&request, &mut answer);
                    Reply::Answer(answer)
                })
            }),
        );
        Self {
            url: proxy.url.clone(),
            _proxy: proxy,
        }
    }
}
