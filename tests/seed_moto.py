"""Makes the made-up users of an AWS account on a moto server, and prints the reading user's key as JSON.

After it, moto checks signatures and permissions.
"""

import json
import sys
import urllib.request

import boto3

url = sys.argv[1]
iam = boto3.client(
    "iam",
    endpoint_url=url,
    region_name="us-east-1",
    aws_access_key_id="AKIASEEDSEEDSEEDSEED",
    aws_secret_access_key="made-up",
)

# Signs in to the console, and only with a password.
iam.create_user(UserName="nadia.brook")
iam.create_login_profile(UserName="nadia.brook", Password="Made-Up-Password-1")

# Signs in to the console with a second factor.
iam.create_user(UserName="otis.marlow")
iam.create_login_profile(UserName="otis.marlow", Password="Made-Up-Password-2")
device = iam.create_virtual_mfa_device(VirtualMFADeviceName="otis")["VirtualMFADevice"]
iam.enable_mfa_device(
    UserName="otis.marlow",
    SerialNumber=device["SerialNumber"],
    AuthenticationCode1="123456",
    AuthenticationCode2="654321",
)

# Never signs in to the console.
iam.create_user(UserName="compliance-reader")
iam.put_user_policy(
    UserName="compliance-reader",
    PolicyName="ComplianceEvidenceReadOnly",
    PolicyDocument=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": [
                        "iam:ListUsers",
                        "iam:GenerateCredentialReport",
                        "iam:GetCredentialReport",
                        "iam:GetAccountSummary",
                        "iam:ListVirtualMFADevices",
                        "iam:GetAccountPasswordPolicy",
                        "iam:ListAccountAliases",
                    ],
                    "Resource": "*",
                }
            ],
        }
    ),
)
key = iam.create_access_key(UserName="compliance-reader")["AccessKey"]
iam.update_account_password_policy(MinimumPasswordLength=8)

# From here on every request must be signed with a key that exists, and be allowed.
text = {"Content-Type": "text/plain"}
urllib.request.urlopen(urllib.request.Request(f"{url}/moto-api/reset-auth", data=b"0", headers=text)).read()

print(json.dumps({"access_key_id": key["AccessKeyId"], "secret_access_key": key["SecretAccessKey"]}))
