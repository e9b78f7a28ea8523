//! A body that goes out as the faults want it: whole, in pieces, or half.

use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

use crate::faults::Fault;

/// How long the sent half of a cut body gets to leave the machine before the connection closes.
const BEFORE_THE_CUT: Duration = Duration::from_millis(50);

/// A body with its full length announced.
pub(crate) struct Delivery {
    announced: u64,
    rest: Bytes,
    piece: usize,
    pause: Duration,
    cut: bool,
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Delivery {
    pub(crate) fn new(body: Bytes, faults: &[Fault]) -> Self {
        let announced = body.len() as u64;
        let cut = faults.contains(&Fault::Truncate);
        let rest = if cut {
            body.slice(..body.len() / 2)
        } else {
            body
        };
        let (piece, pause) = faults
            .iter()
            .find_map(|fault| match fault {
                Fault::Slow { piece, pause, .. } if *piece > 0 => Some((*piece, *pause)),
                _ => None,
            })
            .unwrap_or((usize::MAX, Duration::ZERO));
        Self {
            announced,
            rest,
            piece,
            pause,
            cut,
            waiting: None,
        }
    }
}

impl Body for Delivery {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(waiting) = &mut self.waiting {
            std::task::ready!(waiting.as_mut().poll(context));
            self.waiting = None;
            if self.rest.is_empty() && self.cut {
                return Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into())));
            }
        }
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let length = self.piece.min(self.rest.len());
        let piece = self.rest.split_to(length);
        if self.rest.is_empty() && self.cut {
            self.waiting = Some(Box::pin(tokio::time::sleep(BEFORE_THE_CUT)));
        } else if !self.pause.is_zero() {
            self.waiting = Some(Box::pin(tokio::time::sleep(self.pause)));
        }
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && !self.cut
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.announced)
    }
}
