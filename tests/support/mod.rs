//! The sandbox: the binary in an empty folder, with nothing of this machine around it.
//!
//! In:    arguments, files to lay out, and where the sample data is.
//! Out:   [`Outcome`]: both streams and the exit code, with machine paths replaced.
//! Never: knows what the binary ought to say.

// Questions in one line, answers as tables of text.
pub(crate) mod ask;
// Billing exports from tables of text.
pub(crate) mod export;
pub(crate) mod footer_editor;
// Decimal text as exact integers, by other means than the product's.
pub(crate) mod pico;

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Nothing in these tests takes this long unless it hangs.
const PATIENCE: Duration = Duration::from_mins(2);
/// How often a running child is looked after.
const LOOK_EVERY: Duration = Duration::from_millis(4);

/// An empty folder that is the working directory and the home of every command run in it.
pub(crate) struct Sandbox {
    folder: TempDir,
}

/// What one run of the binary said and how it ended.
#[must_use = "assert the exit code with `succeeded` or `failed_with`, or look at the transcript"]
pub(crate) struct Outcome {
    /// Standard output, machine paths replaced.
    pub(crate) stdout: String,
    /// Standard error, machine paths replaced.
    pub(crate) stderr: String,
    /// The exit code; `None` when a signal ended it.
    pub(crate) code: Option<i32>,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    /// A path inside the sandbox.
    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Lays out a file, and the folders above it.
    pub(crate) fn write(&self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    /// Runs `curtail` with these arguments in the sandbox.
    pub(crate) fn curtail<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Outcome {
        self.run(Command::new(env!("CARGO_BIN_EXE_curtail")).args(arguments))
    }

    /// The same with an address space of `mebibytes`, for input that wants to fill the machine.
    pub(crate) fn curtail_within<A: AsRef<OsStr>>(
        &self,
        mebibytes: u64,
        arguments: &[A],
    ) -> Outcome {
        let limited = format!("ulimit -v {}; exec \"$0\" \"$@\"", mebibytes * 1024);
        let mut shell = Command::new("sh");
        shell.args(["-c", &limited, env!("CARGO_BIN_EXE_curtail")]).args(arguments);
        self.run(&mut shell)
    }

    /// Runs any program in the sandbox.
    pub(crate) fn run(&self, command: &mut Command) -> Outcome {
        // Files instead of pipes: a child that writes much can then be waited for without threads.
        let streams = TempDir::new().unwrap();
        let [out, err] = ["stdout", "stderr"].map(|name| streams.path().join(name));
        let mut child = self
            .settle(command)
            .stdout(File::create(&out).unwrap())
            .stderr(File::create(&err).unwrap())
            .spawn()
            .unwrap();
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if begun.elapsed() > PATIENCE {
                child.kill().unwrap();
                child.wait().unwrap();
                panic!("no end after {PATIENCE:?}: {command:?}");
            }
            std::thread::sleep(LOOK_EVERY);
        };
        let read = |path: &Path| {
            let bytes = fs::read(path).unwrap();
            self.without_machine_paths(&String::from_utf8(bytes).expect("output is UTF-8"))
        };
        Outcome { stdout: read(&out), stderr: read(&err), code: status.code() }
    }

    /// Starts any program in the sandbox; nobody listens to what it says.
    pub(crate) fn spawn(&self, command: &mut Command) -> Child {
        self.settle(command).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Nothing of this machine but its programs.
    fn settle<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path())
            .env("LC_ALL", "C.UTF-8")
            .env("COLUMNS", "80")
            .env("CURTAIL", env!("CARGO_BIN_EXE_curtail"))
            .stdin(Stdio::null())
    }

    /// Replaces what differs from machine to machine by words.
    fn without_machine_paths(&self, text: &str) -> String {
        let folder = self.folder.path();
        let real = folder.canonicalize().unwrap();
        [(real.as_path(), "<sandbox>"), (folder, "<sandbox>"), (repository(), "<repository>")]
            .iter()
            .fold(text.to_owned(), |text, (path, word)| text.replace(path.to_str().unwrap(), word))
    }
}

impl Outcome {
    /// Standard output of a run that must have succeeded.
    #[track_caller]
    pub(crate) fn succeeded(self) -> String {
        assert_eq!(self.code, Some(0), "{}", self.transcript());
        self.stdout
    }

    /// Standard error of a run that must have failed with this code and printed no answer.
    #[track_caller]
    pub(crate) fn failed_with(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{}", self.transcript());
        assert!(self.stdout.is_empty(), "a failed run has no answer\n{}", self.transcript());
        self.stderr
    }

    /// Standard output of a successful run as JSON.
    #[track_caller]
    pub(crate) fn json(self) -> serde_json::Value {
        let stdout = self.succeeded();
        serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error} in:\n{stdout}"))
    }

    /// Exit code and both streams as one text, for snapshots.
    pub(crate) fn transcript(&self) -> String {
        let code = self.code.map_or("ended by a signal".to_owned(), |code| format!("exit {code}"));
        format!("{code}\n--- stdout\n{}--- stderr\n{}", self.stdout, self.stderr)
    }
}

/// The root of the checkout.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A folder or file of `sample-data`, as an absolute path.
pub(crate) fn sample_data(name: &str) -> PathBuf {
    let path = repository().join("sample-data").join(name);
    assert!(path.exists(), "no sample data at {}", path.display());
    path
}

#[test]
fn a_file_laid_out_in_the_sandbox_is_told_by_a_path_without_the_machine() {
    let sandbox = Sandbox::new();
    let path = sandbox.write("exports/month=1/note.txt", "not a bill");
    assert_eq!(
        sandbox.without_machine_paths(&path.display().to_string()),
        "<sandbox>/exports/month=1/note.txt"
    );
    let real = sample_data("real").display().to_string();
    assert_eq!(sandbox.without_machine_paths(&real), "<repository>/sample-data/real");
}

#[test]
fn a_transcript_shows_the_code_and_both_streams() {
    let ended = |code| Outcome { stdout: "{}\n".into(), stderr: "note\n".into(), code };
    assert_eq!(ended(Some(0)).transcript(), "exit 0\n--- stdout\n{}\n--- stderr\nnote\n");
    assert!(ended(None).transcript().starts_with("ended by a signal\n"));
    assert!(ended(Some(0)).json().is_object());
    let refused = Outcome { stdout: String::new(), stderr: "error\n".into(), code: Some(1) };
    assert_eq!(refused.failed_with(1), "error\n");
}

#[test]
fn the_binary_runs_in_an_empty_world_and_in_little_memory() {
    let sandbox = Sandbox::new();
    let wide = sandbox.curtail(&["--help"]).succeeded();
    assert_eq!(sandbox.curtail_within(4096, &["--help"]).succeeded(), wide);
}
