use lotse_engine::project::Project;
use lotse_engine::workflows::export_audit_lines;

use crate::Outcome;
use crate::arguments::AuditArguments;
use crate::outcome::{GOOD, found_errors, print, print_json};

pub(crate) fn run(arguments: &AuditArguments) -> Outcome {
    let project = Project::open(&arguments.project)?;
    let mut code = GOOD;
    if let Some(path) = &arguments.export {
        export_audit_lines(&project, path)?;
    }
    if arguments.verify {
        let verdict = project.verify_audit()?;
        if arguments.json {
            print_json(&verdict)?;
        } else {
            print(&match verdict.first_broken {
                None => format!(
                    "{} entries, unbroken, last hash {}\n",
                    verdict.entries, verdict.last_hash
                ),
                Some(entry) => format!("{} entries, broken at entry {entry}\n", verdict.entries),
            })?;
        }
        if verdict.first_broken.is_some() {
            code = found_errors();
        }
    }
    if arguments.export.is_none() && !arguments.verify {
        let mut entries = Vec::new();
        project.for_each_audit_entry(|entry| entries.push(entry))?;
        if arguments.json {
            print_json(&entries)?;
        } else {
            for entry in entries {
                print(&format!(
                    "{:>6}  {}  {}  {}  {}\n",
                    entry.sequence, entry.at, entry.actor, entry.event, entry.data
                ))?;
            }
        }
    }
    project.close()?;
    Ok(code)
}
