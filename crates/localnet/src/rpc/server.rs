//! The two ports: JSON-RPC over HTTP, and subscriptions over WebSocket on the next one.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener},
    sync::Arc,
};

use jsonrpsee::server::{
    BatchRequestConfig, RandomIntegerIdProvider, Server, ServerConfig, ServerHandle,
};
use tower::ServiceBuilder;
use tower_http::{
    cors::{AllowOrigin, CorsLayer},
    validate_request::ValidateRequestHeaderLayer,
};

use super::{Services, doors::Door, invalid::mark_invalid, methods};
use crate::{LocalnetError, origins::Callers, pubsub};

/// How often a pair of free ports is looked for.
const PORT_ATTEMPTS: usize = 100;

/// How many clients may be connected to a port.
const MAX_CONNECTIONS: u32 = 1_000;

/// How many bytes a request may have; a validator takes 50 KiB.
pub(super) const MAX_REQUEST_BYTES: u32 = 1024 * 1024;

/// How many calls may be in one request.
const MAX_BATCH: u32 = 100;

/// How many bytes an answer may have; a scan of many accounts is large.
const MAX_RESPONSE_BYTES: u32 = 256 * 1024 * 1024;

/// The two listeners before anything is served on them.
#[derive(Debug)]
pub(crate) struct Ports {
    rpc: TcpListener,
    websocket: TcpListener,
}

impl Ports {
    /// Takes a port and the one after it; any such pair if the port is 0.
    pub(crate) fn take(address: IpAddr, port: u16) -> Result<Self, LocalnetError> {
        if port != 0 {
            return Self::pair(address, port);
        }
        let mut result = Self::pair(address, 0);
        for _ in 1..PORT_ATTEMPTS {
            if result.is_ok() {
                break;
            }
            result = Self::pair(address, 0);
        }
        result
    }

    fn pair(address: IpAddr, port: u16) -> Result<Self, LocalnetError> {
        let rpc = listen(SocketAddr::new(address, port))?;
        let taken = rpc.local_addr().map_err(|source| LocalnetError::Listen {
            address: SocketAddr::new(address, port),
            source,
        })?;
        let next = taken.port().checked_add(1).ok_or(LocalnetError::Listen {
            address: taken,
            source: io::Error::other("there is no next port for WebSocket"),
        })?;
        let websocket = listen(SocketAddr::new(address, next))?;
        Ok(Self { rpc, websocket })
    }

    /// Where this machine reaches JSON-RPC.
    pub(crate) fn rpc_address(&self) -> io::Result<SocketAddr> {
        self.rpc.local_addr().map(reached)
    }

    /// Where this machine reaches WebSocket.
    pub(crate) fn websocket_address(&self) -> io::Result<SocketAddr> {
        self.websocket.local_addr().map(reached)
    }
}

/// No browser connects to the address that stands for all of this machine's.
fn reached(listening: SocketAddr) -> SocketAddr {
    let loopback: IpAddr = match listening.ip() {
        IpAddr::V4(address) if address.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(address) if address.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        other => other,
    };
    SocketAddr::new(loopback, listening.port())
}

fn listen(address: SocketAddr) -> Result<TcpListener, LocalnetError> {
    let listener = TcpListener::bind(address)
        .and_then(|listener| listener.set_nonblocking(true).map(|()| listener));
    listener.map_err(|source| LocalnetError::Listen { address, source })
}

/// The running servers.
#[derive(Debug)]
pub(crate) struct Servers {
    rpc: ServerHandle,
    websocket: ServerHandle,
}

impl Servers {
    /// Serves the cluster on both ports, to its callers.
    pub(crate) fn start(
        ports: Ports,
        callers: Callers,
        services: Arc<Services>,
    ) -> io::Result<Self> {
        let config = ServerConfig::builder()
            .max_connections(MAX_CONNECTIONS)
            .max_request_body_size(MAX_REQUEST_BYTES)
            .max_response_body_size(MAX_RESPONSE_BYTES)
            .set_batch_request_config(BatchRequestConfig::Limit(MAX_BATCH));
        let door = ValidateRequestHeaderLayer::custom(Door(callers));
        let middleware = ServiceBuilder::new()
            .layer(door.clone())
            // Whom the door has let in.
            .layer(CorsLayer::permissive().allow_origin(AllowOrigin::mirror_request()))
            .filter_async(mark_invalid);
        let rpc = Server::builder()
            .set_config(config.clone().http_only().build())
            .set_http_middleware(middleware)
            .build_from_tcp(ports.rpc)?
            .start(methods(Arc::clone(&services)));
        let websocket = Server::builder()
            .set_config(
                config
                    .ws_only()
                    .set_id_provider(RandomIntegerIdProvider)
                    .build(),
            )
            .set_http_middleware(ServiceBuilder::new().layer(door))
            .build_from_tcp(ports.websocket)?
            .start(pubsub::methods(services));
        Ok(Self { rpc, websocket })
    }

    /// Stops accepting requests.
    pub(crate) fn stop(&self) {
        // An error means that the server has stopped already.
        let _ = self.rpc.stop();
        let _ = self.websocket.stop();
    }

    /// Waits until both servers have stopped.
    pub(crate) async fn stopped(self) {
        self.rpc.stopped().await;
        self.websocket.stopped().await;
    }
}
