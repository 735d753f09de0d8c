//! The examples for pipelines: their commands are run as a pipeline would run them, against a real server.

use crate::folder::Folder;
use sandbox::{Cluster, Installation, Version};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn example(name: &str) -> Value {
    let text = std::fs::read_to_string(root().join("examples/pipeline").join(name)).unwrap();
    serde_saphyr::from_str(&text).unwrap()
}

/// A checkout with the shop's model, and the shop as it grew.
struct Pipeline {
    checkout: Folder,
    cluster: Cluster,
}

impl Pipeline {
    fn new(version: Version) -> Self {
        let checkout = Folder::new();
        let from = root().join("examples/shop/model");
        for file in std::fs::read_dir(from).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            checkout.write(&format!("model/{name}"), &std::fs::read_to_string(&path).unwrap());
        }
        let cluster = Cluster::start(&Installation::find(version).unwrap()).unwrap();
        cluster.psql_file("postgres", &root().join("examples/shop/load.sql")).unwrap();
        Self { checkout, cluster }
    }

    /// Runs a script as the runners do, and gives its exit status.
    fn run(&self, script: &str) -> i32 {
        let program = Path::new(env!("CARGO_BIN_EXE_rolewright")).parent().unwrap();
        let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
        let mut command = Command::new("bash");
        command.args(["-e", "-o", "pipefail", "-c", script]).current_dir(self.checkout.path());
        command.env("PATH", path).env("CI", "true");
        command.env("SHOP_PROD_URL", self.cluster.socket_url("shop"));
        command.env("GITHUB_OUTPUT", self.checkout.file("output"));
        command.env("GITHUB_STEP_SUMMARY", self.checkout.file("summary"));
        command.output().unwrap().status.code().unwrap()
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.checkout.path().join(name)).unwrap()
    }
}

/// The script of a step of a job of the GitHub example.
fn step(workflow: &Value, job: &str, name: &str) -> String {
    let steps = workflow["jobs"][job]["steps"].as_array().unwrap();
    let found = steps.iter().find(|step| step["name"] == name).unwrap();
    found["run"].as_str().unwrap().to_owned()
}

/// The script of a job of the GitLab example, and the exit statuses that do not break the pipeline.
fn job(pipeline: &Value, name: &str) -> (String, Vec<i64>) {
    let job = &pipeline[name];
    let lines = job["script"].as_array().unwrap().iter().map(|line| line.as_str().unwrap());
    let allowed = job["allow_failure"]["exit_codes"].as_array();
    let allowed = allowed.into_iter().flatten().map(|code| code.as_i64().unwrap()).collect();
    (lines.collect::<Vec<_>>().join("\n"), allowed)
}

#[test]
fn the_github_example_checks_plans_audits_and_finds_drift() {
    let workflow = example("github.yml");
    let pipeline = Pipeline::new(Version::V17);
    let run = |job: &str, name: &str| pipeline.run(&step(&workflow, job, name));
    // The model is to be changed: there is something to do, and the reviewers see what.
    assert_eq!((run("model", "check"), run("model", "plan")), (0, 0));
    assert!(pipeline.read("summary").contains("REVOKE shop FROM bob, dave, reporting"));
    // Nobody has applied it yet.
    assert_eq!((run("target", "audit"), run("target", "drift")), (0, 2));
    assert_eq!(pipeline.read("output"), "status=2\n");
    let sarif: Value = serde_json::from_str(&pipeline.read("audit.sarif")).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(pipeline.run("rolewright apply --env prod --yes"), 0);
    assert_eq!(run("target", "drift"), 0);
    pipeline.cluster.psql("shop", "GRANT DELETE ON sales.orders TO reporting").unwrap();
    assert_eq!(run("target", "drift"), 2);
    // A broken model stops, and so does a server that does not answer.
    pipeline.checkout.write("model/broken.yaml", "version: 1\nroles:\n  broken: { inherits: [nobody] }\n");
    assert_eq!((run("model", "check"), run("model", "plan"), run("target", "audit")), (1, 1, 1));
}

#[test]
fn the_gitlab_example_checks_plans_audits_and_finds_drift() {
    let example = example("gitlab.yml");
    let pipeline = Pipeline::new(Version::V15);
    let run = |name: &str| {
        let (script, allowed) = job(&example, name);
        let status = pipeline.run(&script);
        (status, allowed.contains(&i64::from(status)))
    };
    assert_eq!(run("check"), (0, false));
    assert_eq!(run("plan"), (2, true));
    assert!(pipeline.read("plan.txt").contains("Phase 1 of 3"));
    assert_eq!(run("audit"), (2, false));
    assert!(pipeline.read("audit.html").ends_with("</html>\n"));
    assert_eq!(run("drift"), (2, false));
    assert_eq!(pipeline.run("rolewright apply --env prod --yes"), 0);
    assert_eq!(run("plan"), (0, false));
    assert_eq!(run("drift"), (0, false));
}

#[test]
fn the_hook_stops_a_commit_that_breaks_the_model() {
    let ours: Value =
        serde_saphyr::from_str(&std::fs::read_to_string(root().join(".pre-commit-hooks.yaml")).unwrap())
            .unwrap();
    let config = example("pre-commit.yml");
    let (hook, example) = (&ours[0], &config["repos"][0]["hooks"][0]);
    for key in ["id", "name", "entry", "language", "files", "pass_filenames"] {
        assert_eq!(hook[key], example[key], "{key}");
    }
    let pipeline = Pipeline::new(Version::V18);
    let entry = hook["entry"].as_str().unwrap();
    assert_eq!(pipeline.run(entry), 0);
    pipeline.checkout.write("model/idle.yaml", "version: 1\nroles:\n  idle: {}\n");
    assert_eq!(pipeline.run(entry), 2);
    pipeline.checkout.write("model/idle.yaml", "version: 1\nroles: 7\n");
    assert_eq!(pipeline.run(entry), 1);
}

#[test]
fn the_debian_package_brings_the_program_its_pages_and_its_completions() {
    let folder = Folder::new();
    let mut build = Command::new(root().join("packaging/deb"));
    build.arg(folder.path()).env("ROLEWRIGHT_BINARY", env!("CARGO_BIN_EXE_rolewright"));
    let built = build.output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let package = String::from_utf8(built.stdout).unwrap();
    let shell = |script: &str| {
        let mut command = Command::new("bash");
        command.args(["-euc", script]).current_dir(folder.path()).env("package", package.trim());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        shell("dpkg-deb --field \"$package\" Package Version"),
        format!("Package: rolewright\nVersion: {version}-1\n")
    );
    shell("dpkg-deb --extract \"$package\" installed");
    assert_eq!(shell("installed/usr/bin/rolewright --version"), format!("rolewright {version}\n"));
    // Every command has its page.
    let pages = shell("cd installed/usr/share/man/man1; ls");
    for command in ["audit", "import", "plan", "apply", "who-can", "graph", "explain"] {
        assert!(pages.contains(&format!("rolewright-{command}.1.gz\n")), "{command} has no page");
    }
    assert!(
        shell("zcat installed/usr/share/man/man1/rolewright-plan.1.gz").contains(".TH rolewright-plan 1")
    );
    shell("bash -n installed/usr/share/bash-completion/completions/rolewright");
}
