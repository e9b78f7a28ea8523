//! A listener on the loopback with its own runtime, so an emulator works from any kind of test.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::oneshot;

/// A listener that has its address and does not serve yet.
#[derive(Debug)]
pub struct Bound {
    listener: TcpListener,
    url: String,
}

/// A listener that serves. Dropping it closes the listener and every connection.
#[derive(Debug)]
pub struct Serving {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Bound {
    /// Takes a port on 127.0.0.1; 0 lets the system choose.
    ///
    /// # Errors
    /// When the port is taken or the system gives no sockets.
    pub fn to(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let url = format!("http://{}", listener.local_addr()?);
        Ok(Self { listener, url })
    }

    /// The root address, `http://127.0.0.1:port`, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Hands every connection to `connection`, on a thread of this name. Needs no runtime; may be called inside one.
    ///
    /// # Errors
    /// When the system gives no threads.
    pub fn serve<C, F>(self, name: &str, connection: C) -> io::Result<Serving>
    where
        C: Fn(TcpStream) -> F + Send + Sync + 'static,
        F: Future<Output = io::Result<()>> + Send + 'static,
    {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                runtime.block_on(async move {
                    let accepting = tokio::spawn(accept(self.listener, Arc::new(connection)));
                    // An error means the emulator was dropped without a word: stop just the same.
                    let _ = stopped.await;
                    accepting.abort();
                });
                runtime.shutdown_background();
            })?;
        Ok(Serving {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // The receiver is gone only when the thread has ended already.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn accept<C, F>(listener: TcpListener, connection: Arc<C>)
where
    C: Fn(TcpStream) -> F + Send + Sync + 'static,
    F: Future<Output = io::Result<()>> + Send + 'static,
{
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => {
            tracing::error!(%error, "the listener could not be used");
            return;
        }
    };
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // Only speed depends on it.
                let _ = stream.set_nodelay(true);
                let connection = Arc::clone(&connection);
                tokio::spawn(async move {
                    if let Err(error) = connection(stream).await {
                        tracing::debug!(%error, "connection ended");
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }
}
