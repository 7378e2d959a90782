//! Channel: requests to one server, with what every one of them carries.
//!
//! In:    an address, messages.
//! Out:   responses, one or a stream.
//! Never: retries: who asks knows whether that is right.

use std::time::Duration;

use http::uri::PathAndQuery;
use prost::Message;
use tonic::client::Grpc;
use tonic::metadata::{Ascii, MetadataKey, MetadataValue};
use tonic::transport::{Channel as Transport, ClientTlsConfig, Endpoint};
use tonic::{Request, Status, Streaming};
use tonic_prost::ProstCodec;

use super::address::{BadRemote, Remote};
use super::error::ConnectError;
use super::messages::ExecutePlanResponse;

/// Batches may be larger than what gRPC allows by itself.
const LARGEST_MESSAGE: usize = 128 << 20;
const LONGEST_CONNECT: Duration = Duration::from_secs(10);
const KEEP_ALIVE: Duration = Duration::from_secs(30);
const SERVICE: &str = "/spark.connect.SparkConnectService/";

/// A connection; clones share it.
#[derive(Clone)]
pub(super) struct Channel {
    transport: Transport,
    headers: Vec<(MetadataKey<Ascii>, MetadataValue<Ascii>)>,
}

impl Channel {
    /// Connects.
    pub(super) async fn open(remote: &Remote) -> Result<Self, ConnectError> {
        let unreachable = |error: tonic::transport::Error| ConnectError::Unreachable {
            remote: remote.to_string(),
            why: innermost(&error),
        };
        let agent = remote.agent.clone().unwrap_or_else(|| "curtail".to_owned());
        let mut endpoint = Endpoint::from_shared(remote.url())
            .and_then(|endpoint| endpoint.user_agent(agent))
            .map_err(unreachable)?
            .connect_timeout(LONGEST_CONNECT)
            .http2_keep_alive_interval(KEEP_ALIVE)
            .keep_alive_while_idle(true);
        if remote.is_tls {
            let tls = ClientTlsConfig::new().with_native_roots();
            endpoint = endpoint.tls_config(tls).map_err(unreachable)?;
        }
        let header = |(key, value): &(String, String)| {
            let bad = || BadRemote::Part { key: key.clone(), why: "it is no header" };
            let name: MetadataKey<Ascii> = key.parse().map_err(|_| bad())?;
            let mut value: MetadataValue<Ascii> = value.parse().map_err(|_| bad())?;
            value.set_sensitive(true);
            Ok::<_, BadRemote>((name, value))
        };
        let headers = remote.headers.iter().map(header).collect::<Result<_, _>>()?;
        let transport = endpoint.connect().await.map_err(unreachable)?;
        Ok(Self { transport, headers })
    }

    fn request<M>(&self, message: M) -> Request<M> {
        let mut request = Request::new(message);
        for (name, value) in &self.headers {
            request.metadata_mut().insert(name.clone(), value.clone());
        }
        request
    }

    async fn ready(&self) -> Result<Grpc<Transport>, Status> {
        let mut grpc = Grpc::new(self.transport.clone())
            .max_decoding_message_size(LARGEST_MESSAGE)
            .max_encoding_message_size(LARGEST_MESSAGE);
        grpc.ready().await.map_err(|error| Status::unavailable(innermost(&error)))?;
        Ok(grpc)
    }

    /// Asks for one response, of which only the success matters.
    pub(super) async fn tell<M>(&self, method: &str, message: M) -> Result<(), Status>
    where
        M: Message + Default + 'static,
    {
        let mut grpc = self.ready().await?;
        let codec = ProstCodec::<M, super::messages::Nothing>::default();
        grpc.unary(self.request(message), path(method), codec).await.map(|_| ())
    }

    /// Asks for a stream.
    pub(super) async fn stream<M>(
        &self,
        method: &str,
        message: M,
    ) -> Result<Streaming<ExecutePlanResponse>, Status>
    where
        M: Message + Default + 'static,
    {
        let mut grpc = self.ready().await?;
        let codec = ProstCodec::<M, ExecutePlanResponse>::default();
        let response = grpc.server_streaming(self.request(message), path(method), codec).await?;
        Ok(response.into_inner())
    }
}

fn path(method: &str) -> PathAndQuery {
    let text = format!("{SERVICE}{method}");
    text.parse().unwrap_or_else(|_| PathAndQuery::from_static("/"))
}

/// The error at the bottom says what happened; those above it say that something did.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut all = std::iter::successors(Some(error), |error| error.source());
    all.by_ref().last().map_or_else(String::new, ToString::to_string)
}
