//! `registry-stub`: stands in for the national registry over HTTPS, for demonstrations and acceptance tests.

use clap::Parser;
use host::folder::read_text_file;
use host::random::SystemRandom;
use host::speech::{complain, line};
use lab::registry_stub::{RegistryStub, StubSettings};
use std::{error::Error, fs, net::SocketAddr, path::PathBuf, process::ExitCode};

#[derive(Parser)]
#[command(name = "registry-stub", version, about = "Stands in for the national registry")]
struct Command {
    /// Settings (config/registry_stub.toml)
    settings: Option<PathBuf>,
    /// Where to listen, instead of what the settings say
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// The folder that takes registry-ca.pem, registry.vkey, registry-cosigner.vkey, registry.url, witness.vkey and
    /// witness.url
    #[arg(long, default_value = ".")]
    out: PathBuf,
}

fn main() -> ExitCode {
    match run(&Command::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(format_args!("registry-stub: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run(command: &Command) -> Result<(), Box<dyn Error>> {
    let mut settings = match &command.settings {
        Some(path) => toml::from_str(&read_text_file(path)?)?,
        None => StubSettings::default(),
    };
    settings.listen = command.listen.unwrap_or(settings.listen);
    let stub = RegistryStub::start(settings, &mut SystemRandom)?;
    fs::create_dir_all(&command.out)?;
    fs::write(command.out.join("registry-ca.pem"), stub.authority_pem())?;
    fs::write(command.out.join("registry.vkey"), format!("{}\n", stub.verifier()))?;
    fs::write(command.out.join("witness.vkey"), format!("{}\n", stub.witness_key()))?;
    if let Some(key) = stub.cosigner_key() {
        fs::write(command.out.join("registry-cosigner.vkey"), format!("{key}\n"))?;
    }
    fs::write(command.out.join("witness.url"), format!("{}\n", stub.witness_prefix()))?;
    // Written last: whoever waits for the address finds the others beside it.
    fs::write(command.out.join("registry.url"), format!("{}\n", stub.url()))?;
    line(stub.url());
    line(command.out.join("registry-ca.pem").display());
    stub.wait();
    Ok(())
}
