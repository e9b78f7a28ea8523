// Generated files name these four without importing them: their Rust side gives the name only (`#[ts(type = "...")]`).
type Manifest = import("./manifest").Manifest;
type Finding = import("./evidence").Finding;
type IdentityStamp = import("./evidence").IdentityStamp;
type PageRecord = import("./evidence").PageRecord;
