//! The macro behind the table of commands. One row makes the handler and the TypeScript type, so that the two can't
//! drift apart.

/// Makes `COMMANDS`, `dispatch` and the TypeScript of the contract from rows `name: Request => Answer = handler;`, with
/// `, streams` behind the answer where progress comes over a channel.
macro_rules! commands {
    ($( $(#[doc = $doc:literal])* $name:ident : $request:ty => $answer:ty $(, $streams:ident)? = $handler:path; )*) => {
        /// Every command's name and whether it reports progress.
        pub const COMMANDS: &[CommandInfo] = &[
            $( CommandInfo { name: stringify!($name), streams: commands!(@flag $($streams)?) }, )*
        ];

        /// Answers one command. A request that is not of the command's shape is a usage error.
        pub async fn dispatch(
            app: &App,
            name: &str,
            request: serde_json::Value,
            progress: &ProgressSink,
        ) -> Result<serde_json::Value, ApiError> {
            match name {
                $( stringify!($name) => {
                    let request: $request = parse(request)?;
                    let answer: $answer = commands!(@call $handler, app, request, progress $(, $streams)?);
                    write(&answer)
                } )*
                other => Err(unknown_command(other)),
            }
        }

        /// The TypeScript of the table, for `ui/src/ipc/generated/commands.ts`.
        #[must_use]
        pub fn typescript() -> String {
            let mut imports = BTreeSet::new();
            let mut rows = String::new();
            $(
                let request = <$request as ts_rs::TS>::name(&ts_config());
                let answer = <$answer as ts_rs::TS>::name(&ts_config());
                rows.push_str(concat!($("  /**", $doc, " */\n",)*));
                rows.push_str(&format!(
                    "  {}: {{ request: {request}; answer: {answer}; streams: {} }};\n",
                    stringify!($name),
                    commands!(@flag $($streams)?)
                ));
                imports.insert(request);
                imports.insert(answer);
            )*
            compose(&imports, &rows)
        }
    };
    (@flag) => { false };
    (@flag streams) => { true };
    (@call $handler:path, $app:ident, $request:ident, $progress:ident) => {{
        let _ = $progress;
        $handler($app, $request).await?
    }};
    (@call $handler:path, $app:ident, $request:ident, $progress:ident, streams) => {
        $handler($app, $request, $progress).await?
    };
}
pub(crate) use commands;
