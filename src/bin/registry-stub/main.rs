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
    /// Where the admin page is, on loopback: 127.0.0.1:8080
    #[arg(long)]
    admin: Option<SocketAddr>,
    /// A list of candidates (candidates.csv) whose people it knows; it says not_found about everybody else
    #[arg(long)]
    roster: Option<PathBuf>,
    /// The folder of its keys and certificates, made where they are missing, and of everything a desk needs:
    /// registry-ca.pem, registry-client.pem and .key, registry.vkey, registry-cosigner.vkey, registry.url, witness.vkey,
    /// witness.url
    #[arg(long, default_value = ".")]
    out: PathBuf,
}

fn main() -> ExitCode {
    host::program::make_private_files();
    match run(&Command::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(format_args!("registry-stub: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run(command: &Command) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(&command.out)?;
    let stub = RegistryStub::start_in(settings(command)?, &command.out, &mut SystemRandom)?;
    stub.hand_out(&command.out)?;
    line(stub.url());
    line(command.out.join("registry-ca.pem").display());
    stub.admin_url().into_iter().for_each(line);
    stub.wait();
    Ok(())
}

fn settings(command: &Command) -> Result<StubSettings, Box<dyn Error>> {
    let mut settings: StubSettings = match &command.settings {
        Some(path) => toml::from_str(&read_text_file(path)?)?,
        None => StubSettings::default(),
    };
    settings.listen = command.listen.unwrap_or(settings.listen);
    settings.admin_listen = command.admin.or(settings.admin_listen);
    if let Some(roster) = &command.roster {
        (settings.roster, settings.otherwise) = (Some(roster.clone()), "not_found".to_owned());
    }
    Ok(settings)
}
