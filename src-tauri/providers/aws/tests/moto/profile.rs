//! A named profile: the one way in which AWS's files on this computer count.

use crate::support::connection;
use provider_aws::Aws;
use provider_kit::{ErrorClass, Provider as _};
use std::process::Command;

const FILES: &str = "[plant]\naws_access_key_id = AKIAPROFILEPROFILE00\naws_secret_access_key = made-up-secret\n\
                     endpoint_url = http://127.0.0.1:9/\n";

/// Runs itself once more with AWS's files in a folder of its own.
#[tokio::test]
async fn a_profile_signs_and_its_endpoints_do_not_count() {
    let own = "profile::a_profile_signs_and_its_endpoints_do_not_count";
    if std::env::var_os("PROFILE_CHILD").is_none() {
        let folder = std::env::temp_dir().join(format!("cmmcpro-profile-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (credentials, config) = (folder.join("credentials"), folder.join("config"));
        std::fs::write(&credentials, FILES).unwrap();
        std::fs::write(&config, "[profile plant]\nregion = eu-west-1\n").unwrap();
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", own, "--nocapture"])
            .env("PROFILE_CHILD", "1")
            .env("AWS_SHARED_CREDENTIALS_FILE", &credentials)
            .env("AWS_CONFIG_FILE", &config)
            .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9/")
            .output()
            .unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && text.contains("1 passed"),
            "{text}"
        );
        return;
    }
    let who = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/r</Arn>\
               <UserId>AIDA</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
    let aliases = "<ListAccountAliasesResponse><ListAccountAliasesResult><IsTruncated>false</IsTruncated><AccountAliases/>\
                   </ListAccountAliasesResult></ListAccountAliasesResponse>";
    let server = wiremock::MockServer::start().await;
    for (action, body) in [("GetCallerIdentity", who), ("ListAccountAliases", aliases)] {
        wiremock::Mock::given(wiremock::matchers::body_string_contains(action))
            .respond_with(wiremock::ResponseTemplate::new(200).set_body_raw(body, "text/xml"))
            .mount(&server)
            .await;
    }
    let of_profile = |name: &str| {
        let (mut connection, _) = connection(&server.uri(), "", "");
        connection.secrets.clear();
        connection
            .config
            .insert("profile".to_owned(), name.to_owned());
        connection
    };
    let session = Aws.sign_in(of_profile("plant")).await.unwrap();
    assert_eq!(session.identity().id, "123456789012");
    for request in server.received_requests().await.unwrap() {
        let headers = format!("{:?}", request.headers);
        assert!(
            headers.contains("Credential=AKIAPROFILEPROFILE00/") && headers.contains("/us-east-1/"),
            "signed by the profile, for the region of the connection: {headers}"
        );
    }
    let error = Aws.sign_in(of_profile("nobody")).await.err().unwrap();
    assert_eq!(
        (error.class, error.code.as_str()),
        (ErrorClass::Authentication, "profile_unusable")
    );
    assert!(error.why.contains("nobody") && error.fix.contains("--profile nobody"));
}
