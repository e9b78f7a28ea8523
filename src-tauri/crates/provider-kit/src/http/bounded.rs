//! Reads a body without trusting it: decoded size, ratio and idle time are bounded; a short one is an error.

use super::{HttpPolicy, failure};
use crate::{ErrorClass, ProviderError};
use async_compression::{
    tokio::bufread::{BrotliDecoder, GzipDecoder, ZlibDecoder, ZstdDecoder},
    zstd::DParameter,
};
use bytes::Bytes;
use futures::{Stream, StreamExt};
use http::{HeaderMap, header};
use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::io::{AsyncRead, AsyncReadExt, BufReader};
use tokio_util::io::StreamReader;

/// What we can decode, as we tell services.
pub const ACCEPTED: &str = "gzip, br, zstd, deflate";
/// Below this decoded size the ratio is not judged: a page of like records may shrink a lot.
const RATIO_FLOOR: u64 = 1 << 20;
/// The largest window a zstd frame may ask for: 8 MiB, what RFC 9659 lets a service use.
const ZSTD_WINDOW_LOG: u32 = 23;
const STEP: usize = 64 << 10;

/// Reads the whole body of `response`, decoded.
pub async fn read(
    host: &str,
    response: reqwest::Response,
    policy: &HttpPolicy,
) -> Result<Bytes, ProviderError> {
    let coding = Coding::of(host, response.headers())?;
    if response
        .content_length()
        .is_some_and(|length| length > policy.max_body_bytes)
    {
        return Err(too_large(host, policy));
    }
    let received = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&received);
    let stream = response.bytes_stream().map(move |chunk| match chunk {
        Ok(chunk) => {
            counter.fetch_add(chunk.len() as u64, Ordering::Relaxed);
            Ok(chunk)
        }
        Err(error) => Err(io::Error::other(error)),
    });
    let mut decoder = coding.decoder(stream);
    let mut body = Vec::new();
    let mut step = vec![0; STEP];
    loop {
        let read = match tokio::time::timeout(policy.idle_timeout, decoder.read(&mut step)).await {
            Err(_) => return Err(failure::timed_out(host, Some(policy.idle_timeout))),
            Ok(Err(error)) => return Err(broken(host, error)),
            Ok(Ok(0)) => return Ok(body.into()),
            Ok(Ok(read)) => read,
        };
        let decoded = (body.len() + read) as u64;
        if decoded > policy.max_body_bytes {
            return Err(too_large(host, policy));
        }
        let allowed = received
            .load(Ordering::Relaxed)
            .saturating_mul(u64::from(policy.max_ratio))
            .max(RATIO_FLOOR);
        if coding != Coding::Plain && decoded > allowed {
            return Err(bomb(host, policy));
        }
        body.extend_from_slice(&step[..read]);
    }
}

/// How a body is encoded for the transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Plain,
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

impl Coding {
    fn of(host: &str, headers: &HeaderMap) -> Result<Self, ProviderError> {
        let mut values = headers.get_all(header::CONTENT_ENCODING).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return if headers.contains_key(header::CONTENT_ENCODING) {
                Err(unknown_coding(host))
            } else {
                Ok(Self::Plain)
            };
        };
        match value
            .as_bytes()
            .trim_ascii()
            .to_ascii_lowercase()
            .as_slice()
        {
            b"" | b"identity" | b"aws-chunked" => Ok(Self::Plain),
            b"gzip" | b"x-gzip" => Ok(Self::Gzip),
            b"deflate" => Ok(Self::Deflate),
            b"br" => Ok(Self::Brotli),
            b"zstd" => Ok(Self::Zstd),
            // Also several codings on top of each other: nobody needs that but a bomb.
            _ => Err(unknown_coding(host)),
        }
    }

    fn decoder<'a>(
        self,
        stream: impl Stream<Item = io::Result<Bytes>> + Send + 'a,
    ) -> Pin<Box<dyn AsyncRead + Send + 'a>> {
        let reader = BufReader::new(StreamReader::new(Box::pin(stream)));
        match self {
            Self::Plain => Box::pin(reader),
            Self::Gzip => {
                let mut decoder = GzipDecoder::new(reader);
                decoder.multiple_members(true);
                Box::pin(decoder)
            }
            Self::Deflate => Box::pin(ZlibDecoder::new(reader)),
            Self::Brotli => Box::pin(BrotliDecoder::new(reader)),
            Self::Zstd => {
                let mut decoder = ZstdDecoder::with_params(
                    reader,
                    &[DParameter::window_log_max(ZSTD_WINDOW_LOG)],
                );
                decoder.multiple_members(true);
                Box::pin(decoder)
            }
        }
    }
}

/// Errors of the transfer are passing; errors of the decoder mean that the bytes are not what their header says.
fn broken(host: &str, error: io::Error) -> ProviderError {
    match error.kind() {
        io::ErrorKind::Other
            if error
                .get_ref()
                .is_some_and(|inner| inner.is::<reqwest::Error>()) =>
        {
            match error
                .into_inner()
                .map(|inner| inner.downcast::<reqwest::Error>())
            {
                Some(Ok(error)) => failure::from_reqwest(host, *error),
                _ => failure::broken_off(host),
            }
        }
        io::ErrorKind::UnexpectedEof => {
            failure::broken_off(host).with_detail("the compressed body ends too early")
        }
        _ => ProviderError::malformed(
            format!("The answer of {host} could not be unpacked."),
            "Its compressed data is damaged.",
        )
        .with_detail(error.to_string()),
    }
}

fn too_large(host: &str, policy: &HttpPolicy) -> ProviderError {
    let limit = policy.max_body_bytes >> 20;
    coded(
        "too_large",
        host,
        format!("One page is larger than {limit} MiB, which no documented answer is."),
    )
}

fn bomb(host: &str, policy: &HttpPolicy) -> ProviderError {
    let ratio = policy.max_ratio;
    coded(
        "decompression_bomb",
        host,
        format!("Its data unpacks to more than {ratio} times its size."),
    )
}

fn unknown_coding(host: &str) -> ProviderError {
    coded(
        "unknown_encoding",
        host,
        "It is packed in a way that was not asked for.".to_owned(),
    )
}

fn coded(code: &str, host: &str, why: String) -> ProviderError {
    let mut error =
        ProviderError::malformed(format!("The answer of {host} was not accepted."), why);
    debug_assert_eq!(error.class, ErrorClass::MalformedAnswer);
    code.clone_into(&mut error.code);
    error
}
