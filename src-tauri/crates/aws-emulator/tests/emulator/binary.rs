//! The program around the emulator.

use aws_emulator::Seed;
use serde_json::Value;
use stand_in::trial::{Trial, refusal};

const PROGRAM: &str = env!("CARGO_BIN_EXE_aws-emulator");

#[tokio::test]
async fn it_prints_one_line_serves_and_ends_with_standard_input() {
    let trial = Trial::start(
        PROGRAM,
        &[
            "--users",
            "3",
            "--regions",
            "us-east-2",
            "--fault",
            "throttle@iam:ListUsers",
        ],
    )
    .unwrap();
    for member in [
        "url",
        "motoUrl",
        "accessKeyId",
        "secretAccessKey",
        "region",
        "partition",
        "account",
    ] {
        assert!(!trial.text(member).is_empty(), "{member}");
    }
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let log = format!("{}/__emulator/log", trial.text("url"));
    let log: Value =
        serde_json::from_slice(&client.get(log).send().await.unwrap().bytes().await.unwrap())
            .unwrap();
    assert_eq!(log.as_array().unwrap().len(), 0);
    let moto = trial.text("motoUrl");
    assert!(client.get(&moto).send().await.is_ok());
    assert!(trial.end().unwrap().success());
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
        let (code, out, error) = refusal(PROGRAM, &arguments).unwrap();
        assert_eq!((code, out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(error.contains("--regions"));
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
    let trial = Trial::start(PROGRAM, &["--users", "1", "--regions", "us-east-1"]).unwrap();
    let moto = trial.text("motoUrl");
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    assert!(client.get(&moto).send().await.is_ok());
    trial.kill().unwrap();
    let mut waited = 0;
    while client.get(&moto).send().await.is_ok() {
        waited += 1;
        assert!(waited < 300, "moto is still there");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}
