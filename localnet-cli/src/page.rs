//! The page for holders, as `cargo xtask app` builds it, for browsers of this machine.

use std::{
    collections::HashMap,
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result};
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderName, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use tokio::net::TcpListener;

/// What `cargo xtask app` makes, in the target directory.
const FOLDER: &str = "app";
const INDEX: &str = "index.html";
const ASSETS: &str = "assets";
/// What every answer says. The page itself says what it may load and whom it may ask.
const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, "frame-ancestors 'none'"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-cache"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin-allow-popups",
    ),
];

/// A file of the page: its type, and its bytes.
type File = (&'static str, Bytes);

/// The files of the page, by their paths.
pub struct Folder(HashMap<String, File>);

/// The page, while it is served.
pub struct Page {
    address: SocketAddr,
}

impl Page {
    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }
}

impl Folder {
    /// Reads the page that was built beside this binary. All of it is kept: nothing else is ever served.
    pub fn read() -> Result<Self> {
        let folder = built()?;
        let mut files = HashMap::new();
        for file in [folder.clone(), folder.join(ASSETS)]
            .iter()
            .flat_map(fs::read_dir)
            .flatten()
        {
            let path = file?.path();
            let Some(kind) = kind(&path) else { continue };
            let name = path.strip_prefix(&folder)?.to_string_lossy().into_owned();
            files.insert(name, (kind, fs::read(&path)?.into()));
        }
        Ok(Self(files))
    }

    /// Serves it on this port of the loopback address, 0 for any free one, as long as the runtime lives.
    pub async fn serve(self, port: u16) -> Result<Page> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .with_context(|| format!("cannot serve the page on port {port}"))?;
        let address = listener.local_addr()?;
        let router = Router::new().fallback(answer).with_state(Arc::new(self));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Page { address })
    }
}

async fn answer(State(folder): State<Arc<Folder>>, uri: Uri) -> Response {
    let name = match uri.path().trim_start_matches('/') {
        "" => INDEX,
        name => name,
    };
    match folder.0.get(name) {
        Some((kind, bytes)) => {
            let kind = [(header::CONTENT_TYPE, *kind)];
            (kind, HEADERS, bytes.clone()).into_response()
        }
        None => (StatusCode::NOT_FOUND, HEADERS).into_response(),
    }
}

/// The folder of the page, next to the build that this binary belongs to.
fn built() -> Result<PathBuf> {
    let binary = std::env::current_exe().context("cannot tell where this binary is")?;
    binary
        .ancestors()
        .flat_map(|folder| [folder.join(FOLDER), folder.join("target").join(FOLDER)])
        .find(|folder| folder.join(ASSETS).is_dir())
        .context("the page is not built: run `cargo xtask app`")
}

/// What the file is, to browsers; `None` for what no page has.
fn kind(path: &Path) -> Option<&'static str> {
    Some(match path.extension()?.to_str()? {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        _ => return None,
    })
}
