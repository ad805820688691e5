//! Ending what a command started, wherever it went: a process that calls `setsid`, or that outlives its parent, is in no group of ours.
//! What a process starts inherits its environment, so a variable there tells whose it is, as servers of continuous integration do it.
//! Linux alone shows the environment of other processes to everybody.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open, pidfd_send_signal};

/// How often the processes are looked through: what is killed may have started another just before.
const ROUNDS: u32 = 200;
/// Between two looks: what was killed is gone after it, unless the system is very busy.
const PAUSE: Duration = Duration::from_millis(5);

/// A process, as the system told of it once.
#[derive(Debug, Clone, Copy)]
struct Process {
    parent: i32,
    /// In ticks since the system started: together with the number it is no other process.
    started: u64,
    dead: bool,
}

/// Kills everything that has one of these marks (`NAME=value`) in its environment, everything that `leaders` have started and not let go, and what these started;
/// `leaders` themselves are left to whoever waits for them. `first` is called when it is known what there is, and before any of it is killed.
pub(super) fn kill(marks: &[String], leaders: &[Pid], first: impl FnOnce()) {
    let mut known: HashSet<i32> = leaders
        .iter()
        .map(|leader| leader.as_raw_nonzero().get())
        .collect();
    let spared: HashSet<i32> = known.iter().copied().chain([own_id()]).collect();
    let mut first = Some(first);
    for _ in 0..ROUNDS {
        let processes = processes();
        let victims: Vec<(i32, Process)> = descendants(&processes, &known, marks)
            .into_iter()
            .filter(|id| !spared.contains(id))
            .filter_map(|id| Some((id, *processes.get(&id)?)))
            .filter(|(_, process)| !process.dead)
            .collect();
        if let Some(first) = first.take() {
            first();
            // They are being killed, and their numbers will be somebody else's.
            known.clear();
        }
        if victims.is_empty() {
            return;
        }
        for (id, process) in victims {
            end(id, process);
        }
        std::thread::sleep(PAUSE);
    }
}

/// Those that are marked, and those that come from these or from the known ones.
fn descendants(
    processes: &HashMap<i32, Process>,
    known: &HashSet<i32>,
    marks: &[String],
) -> HashSet<i32> {
    let mut children: HashMap<i32, Vec<i32>> = HashMap::new();
    for (id, process) in processes {
        children.entry(process.parent).or_default().push(*id);
    }
    let marked = processes
        .keys()
        .copied()
        .filter(|id| *id != own_id() && is_marked(*id, marks));
    let mut waiting: Vec<i32> = marked.chain(known.iter().copied()).collect();
    let mut found: HashSet<i32> = HashSet::new();
    while let Some(id) = waiting.pop() {
        if found.insert(id) {
            waiting.extend(children.get(&id).into_iter().flatten());
        }
    }
    found
}

fn processes() -> HashMap<i32, Process> {
    let Ok(folder) = std::fs::read_dir("/proc") else {
        return HashMap::new();
    };
    folder
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(|id| Some((id, process(id)?)))
        .collect()
}

fn process(id: i32) -> Option<Process> {
    let stat = std::fs::read(format!("/proc/{id}/stat")).ok()?;
    // The name of the program is in parentheses, and may have some of its own.
    let end = stat.iter().rposition(|octet| *octet == b')')?;
    let rest = std::str::from_utf8(&stat[end + 1..]).ok()?;
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    Some(Process {
        dead: matches!(*fields.first()?, "Z" | "X" | "x"),
        parent: fields.get(1)?.parse().ok()?,
        // The 22nd field of proc_pid_stat(5), of which these begin with the third.
        started: fields.get(19)?.parse().ok()?,
    })
}

fn is_marked(id: i32, marks: &[String]) -> bool {
    // Those of other users can not be read, and are none of ours.
    let Ok(environment) = std::fs::read(format!("/proc/{id}/environ")) else {
        return false;
    };
    environment
        .split(|octet| *octet == 0)
        .any(|entry| marks.iter().any(|mark| mark.as_bytes() == entry))
}

fn end(id: i32, known: Process) {
    let Some(pid) = Pid::from_raw(id) else { return };
    let handle = pidfd_open(pid, PidfdFlags::empty());
    // Its number may have become another's; the handle, once there, stays with the process.
    if process(id).is_none_or(|now| now.started != known.started) {
        return;
    }
    // It may have ended by itself. Old kernels and some sandboxes have no handles.
    let _ = match handle {
        Ok(handle) => pidfd_send_signal(handle, Signal::KILL),
        Err(_) => kill_process(pid, Signal::KILL),
    };
}

fn own_id() -> i32 {
    i32::try_from(std::process::id()).unwrap_or(i32::MAX)
}
