//! `cargo xtask emulate`: the made-up tenant in the foreground, to try the product on.

use std::io::BufRead;

use crate::emulator::Emulator;
use crate::process::Step;
use crate::{Outcome, setup, workspace};

/// Builds the emulator, starts it and says how to connect; it runs until Ctrl-C.
pub fn emulate(arguments: &[&str]) -> Outcome {
    setup::for_the_command()?;
    Step::cargo()
        .args(["build", "--package", "graph-emulator", "--package", "cli"])
        .run()?;
    let mut emulator = Emulator::start(&workspace::built("debug", "graph-emulator"), arguments)?;
    let tenant = &emulator.tenant;
    let words: Vec<String> = tenant
        .connect_arguments("Emulator")
        .iter()
        .map(|word| quoted(word))
        .collect();
    println!(
        "\nA made-up Microsoft Entra ID tenant is running until you press Ctrl-C.\n\n\
         In the window: connect Microsoft Entra ID, cloud \"custom\" (under Advanced), with\n\n\
         \x20 Sign-in address  {}\n  Graph address    {}\n  Tenant ID        {}\n  Client ID        {}\n  Client secret    {}\n\n\
         On the command line, with a company that `cmmc init` made:\n\n\
         \x20 echo '{}' | target/debug/cmmc {} --secrets-file -\n",
        tenant.login_url,
        tenant.graph_url,
        tenant.tenant_id,
        tenant.client_id,
        tenant.client_secret,
        tenant.secrets(),
        words.join(" "),
    );
    let mut line = String::new();
    while emulator
        .output
        .read_line(&mut line)
        .is_ok_and(|read| read > 0)
    {
        print!("{line}");
        line.clear();
    }
    Ok(())
}

/// A word as a shell takes it back.
fn quoted(word: &str) -> String {
    let plain =
        |character: char| character.is_ascii_alphanumeric() || "-_=:/.@,".contains(character);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_survive_the_shell() {
        assert_eq!(
            quoted("login_url=http://127.0.0.1:1"),
            "login_url=http://127.0.0.1:1"
        );
        assert_eq!(quoted("it's here"), r"'it'\''s here'");
    }
}
