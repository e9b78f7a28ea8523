//! What every row of a Prowler file says of the file as a whole.

use crate::{
    ImportError, Report, Tool,
    report::Gathering,
    row::{self, is_check_id, is_version},
    text::clean,
};

/// What has to be the same in every row.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Whole {
    version: Option<String>,
    provider: Option<String>,
    account: Option<String>,
    account_name: String,
}

impl Whole {
    /// Takes what a row says of the whole.
    pub(crate) fn take(
        &mut self,
        row: u64,
        version: Option<&str>,
        provider: Option<&str>,
        account: Option<&str>,
        account_name: &str,
    ) -> Result<(), ImportError> {
        let lacks = |what| ImportError::RowLacks { row, what };
        let version = version
            .filter(|text| is_version(text))
            .ok_or(lacks("readable version of the tool"))?;
        let provider = provider
            .filter(|text| is_check_id(text))
            .ok_or(lacks("cloud provider"))?;
        let account = account
            .map(|text| clean(text, row::NAME))
            .filter(|text| !text.is_empty())
            .ok_or(lacks("account"))?;
        let provider = provider.to_ascii_lowercase();
        match &self.account {
            None => {
                self.version = Some(version.to_owned());
                self.provider = Some(provider);
                self.account = Some(account);
                self.account_name = clean(account_name, row::NAME);
                Ok(())
            }
            Some(known) if *known != account => Err(ImportError::SeveralAccounts {
                first: known.clone(),
                second: account,
            }),
            Some(_) if self.provider.as_ref() != Some(&provider) => Err(ImportError::Mixed {
                what: "cloud providers",
            }),
            Some(_) if self.version.as_deref() != Some(version) => Err(ImportError::Mixed {
                what: "versions of the tool",
            }),
            Some(_) => Ok(()),
        }
    }

    pub(crate) fn finish(self, gathering: Gathering) -> Result<Report, ImportError> {
        let (Some(provider), Some(account)) = (self.provider, self.account) else {
            return Err(ImportError::Empty);
        };
        gathering.finish(
            Tool::Prowler,
            self.version,
            provider,
            (account, self.account_name),
        )
    }
}
