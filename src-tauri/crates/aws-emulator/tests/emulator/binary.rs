//! The program around the emulator.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use aws_emulator::Seed;
use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_aws-emulator");

#[tokio::test]
async fn it_prints_one_line_serves_and_ends_with_standard_input() {
    let mut child = Command::new(PROGRAM)
        .args([
            "--users",
            "3",
            "--regions",
            "us-east-2",
            "--fault",
            "throttle@iam:ListUsers",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let told: Value = serde_json::from_str(&line).unwrap();
    for member in [
        "url",
        "motoUrl",
        "accessKeyId",
        "secretAccessKey",
        "region",
        "partition",
        "account",
    ] {
        assert!(
            told[member].as_str().is_some_and(|text| !text.is_empty()),
            "{member}: {line}"
        );
    }
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let log = format!("{}/__emulator/log", told["url"].as_str().unwrap());
    let log: Value =
        serde_json::from_slice(&client.get(log).send().await.unwrap().bytes().await.unwrap())
            .unwrap();
    assert_eq!(log.as_array().unwrap().len(), 0);
    let moto = told["motoUrl"].as_str().unwrap().to_owned();
    assert!(client.get(&moto).send().await.is_ok());
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    assert!(
        client.get(&moto).send().await.is_err(),
        "moto ended with it"
    );
}

#[test]
fn wrong_arguments_are_a_usage_error() {
    for arguments in [
        vec!["--nonsense"],
        vec!["--users"],
        vec!["--users", "x"],
        vec!["--fault", "nonsense"],
        vec!["--root-mfa", "paper"],
    ] {
        let output = Command::new(PROGRAM)
            .args(&arguments)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty());
        assert!(String::from_utf8_lossy(&output.stderr).contains("--regions"));
    }
}

#[test]
fn a_missing_moto_is_an_error_that_says_what_to_do() {
    let error = aws_emulator::Moto::start_program("no-such-moto".as_ref()).unwrap_err();
    assert!(error.to_string().contains("cargo xtask setup"), "{error}");
    let nobody = "http://127.0.0.1:9/".parse().unwrap();
    assert!(Seed::new(1, &["us-east-1"]).run_blocking(&nobody).is_err());
}

#[cfg(unix)]
#[tokio::test]
async fn moto_ends_even_when_the_program_is_killed() {
    let mut child = Command::new(PROGRAM)
        .args(["--users", "1", "--regions", "us-east-1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let told: Value = serde_json::from_str(&line).unwrap();
    let moto = told["motoUrl"].as_str().unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    assert!(client.get(moto).send().await.is_ok());
    child.kill().unwrap();
    child.wait().unwrap();
    let mut waited = 0;
    while client.get(moto).send().await.is_ok() {
        waited += 1;
        assert!(waited < 300, "moto is still there");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}
