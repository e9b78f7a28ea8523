//! Whether this desktop has a tray. Windows and macOS always have; on Linux the desktop is asked, because an app that
//! goes into a tray that nobody shows is gone for good.

#[cfg(not(target_os = "linux"))]
pub(crate) use always::{gone, has_tray};
#[cfg(target_os = "linux")]
pub(crate) use asked::{gone, has_tray};

#[cfg(not(target_os = "linux"))]
mod always {
    /// There is one.
    pub(crate) async fn has_tray() -> bool {
        true
    }

    /// It does not go away.
    pub(crate) async fn gone() {
        std::future::pending().await
    }
}

#[cfg(target_os = "linux")]
mod asked {
    use futures::StreamExt as _;
    use std::{ffi::OsStr, path::Path, time::Duration};
    use zbus::{Connection, MatchRule, MessageStream, Proxy, fdo::DBusProxy, message::Type};

    /// Keeps the list of icons, and knows whether anything shows them (freedesktop.org, StatusNotifierItem).
    const WATCHER: &str = "org.kde.StatusNotifierWatcher";
    const PATH: &str = "/StatusNotifierWatcher";

    /// A bus that takes longer does not count as one.
    const PATIENCE: Duration = Duration::from_secs(2);

    /// A panel that starts anew is back by then.
    const GRACE: Duration = Duration::from_secs(5);

    /// Whether an icon would be seen now: there is a list of icons, and something shows it.
    pub(crate) async fn has_tray() -> bool {
        can_register()
            && matches!(
                tokio::time::timeout(PATIENCE, is_shown()).await,
                Ok(Ok(true))
            )
    }

    async fn is_shown() -> zbus::Result<bool> {
        let bus = Connection::session().await?;
        let names = DBusProxy::new(&bus).await?;
        // Asking the watcher itself could start one that nothing shows.
        if !names.name_has_owner(WATCHER.try_into()?).await? {
            return Ok(false);
        }
        let watcher: Proxy<'_> = zbus::proxy::Builder::new(&bus)
            .destination(WATCHER)?
            .path(PATH)?
            .interface(WATCHER)?
            .cache_properties(zbus::proxy::CacheProperties::No)
            .build()
            .await?;
        watcher.get_property("IsStatusNotifierHostRegistered").await
    }

    /// Waits until the tray is gone and does not come back. Costs nothing meanwhile: the bus says when something changes.
    pub(crate) async fn gone() {
        let Ok(mut changes) = changes().await else {
            return;
        };
        loop {
            if has_tray().await {
                if changes.next().await.is_none() {
                    return;
                }
            } else {
                tokio::time::sleep(GRACE).await;
                if !has_tray().await {
                    return;
                }
            }
        }
    }

    /// Whatever the watcher says, and its coming and going.
    async fn changes() -> zbus::Result<impl futures::Stream<Item = zbus::Result<zbus::Message>>> {
        let bus = Connection::session().await?;
        let comes_and_goes = MatchRule::builder()
            .msg_type(Type::Signal)
            .sender("org.freedesktop.DBus")?
            .member("NameOwnerChanged")?
            .add_arg(WATCHER)?
            .build();
        let says = MatchRule::builder()
            .msg_type(Type::Signal)
            .interface(WATCHER)?
            .build();
        Ok(futures::stream::select(
            MessageStream::for_match_rule(comes_and_goes, &bus, None).await?,
            MessageStream::for_match_rule(says, &bus, None).await?,
        ))
    }

    /// The libraries that put an icon into the tray; either does. They are loaded when the icon is made, and loading one
    /// that is missing ends the program (libappindicator-sys), so that is found out first.
    const LIBRARIES: [&str; 2] = ["libayatana-appindicator3.so.1", "libappindicator3.so.1"];

    fn can_register() -> bool {
        // Where the loader looks: its variable, its cache, its own folders.
        let own = std::env::var_os("LD_LIBRARY_PATH").unwrap_or_default();
        let cache = std::fs::read("/etc/ld.so.cache").unwrap_or_default();
        is_loadable(&own, &cache)
    }

    fn is_loadable(own: &OsStr, cache: &[u8]) -> bool {
        let folders: Vec<_> = std::env::split_paths(own)
            .chain(["/lib64", "/usr/lib64", "/lib", "/usr/lib"].map(Into::into))
            .collect();
        LIBRARIES.iter().any(|name| {
            cache
                .windows(name.len() + 1)
                .any(|found| found[0] == b'/' && &found[1..] == name.as_bytes())
                || folders
                    .iter()
                    .any(|folder| Path::new(folder).join(name).is_file())
        })
    }

    #[cfg(test)]
    mod tests {
        #![allow(clippy::unwrap_used)]
        use super::*;

        #[test]
        fn a_library_is_found_in_the_cache_and_in_the_loaders_variable() {
            let nowhere = OsStr::new("");
            let cache = b"\0/usr/lib/x86_64-linux-gnu/libayatana-appindicator3.so.1\0";
            assert!(is_loadable(nowhere, cache));
            let folder = tempfile::tempdir().unwrap();
            let found_before = is_loadable(folder.path().as_os_str(), b"libother.so.1");
            std::fs::write(folder.path().join(LIBRARIES[1]), b"").unwrap();
            assert!(is_loadable(folder.path().as_os_str(), b"libother.so.1"));
            // Unless this computer keeps one in the loader's own folders.
            let kept = ["/lib64", "/usr/lib64", "/lib", "/usr/lib"]
                .iter()
                .any(|folder| {
                    LIBRARIES
                        .iter()
                        .any(|name| Path::new(folder).join(name).is_file())
                });
            assert_eq!(found_before, kept);
        }
    }
}
