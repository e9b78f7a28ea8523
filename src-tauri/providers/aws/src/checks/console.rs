//! Where something is seen and mended: the same page in the console of each cloud.

/// The addresses of a page of the console, whose path is given.
macro_rules! console {
    ($path:literal) => {
        &[
            ("aws", concat!("https://console.aws.amazon.com/", $path)),
            (
                "aws-us-gov",
                concat!("https://console.amazonaws-us-gov.com/", $path),
            ),
        ]
    };
}
pub(super) use console;
