use lotse_core::language::{Language, Tell as _};
use lotse_core::target::Target;
use lotse_engine::project::{NewProject, Project, ProjectError};

use super::{Place, actor};

#[test]
fn a_closed_project_is_one_file_that_opens_elsewhere() {
    let place = Place::new();
    let project = place.example();
    let counts = project.state_counts();
    let path = project.path().to_path_buf();
    project.close().unwrap();
    for suffix in ["-wal", "-shm"] {
        let mut beside = path.clone().into_os_string();
        beside.push(suffix);
        assert!(!std::path::Path::new(&beside).exists(), "{suffix} is left");
    }
    let elsewhere = Place::new();
    std::fs::copy(&path, elsewhere.path("kopie.lotse")).unwrap();
    let copy = Project::open(&elsewhere.path("kopie.lotse")).unwrap();
    assert_eq!(copy.state_counts(), counts);
    assert_eq!(copy.name().unwrap(), "Altbestand Süd");
}

#[test]
fn an_open_project_can_be_copied_whole() {
    let place = Place::new();
    let project = place.example();
    project.copy_to(&place.path("kopie.lotse")).unwrap();
    let copy = Project::open(&place.path("kopie.lotse")).unwrap();
    assert_eq!(copy.state_counts(), project.state_counts());
    assert!(matches!(
        project.copy_to(&place.path("kopie.lotse")),
        Err(ProjectError::Exists { .. })
    ));
}

#[test]
fn files_that_are_no_projects_are_refused_by_what_they_are() {
    let place = Place::new();
    let write = |name: &str, content: &[u8]| {
        std::fs::write(place.path(name), content).unwrap();
        Project::open(&place.path(name)).unwrap_err()
    };
    assert!(matches!(
        write("leer.lotse", b""),
        ProjectError::NotAProject { .. }
    ));
    assert!(matches!(
        write("text.lotse", b"Firma;Ort\r\nKrone;Ulm\r\n"),
        ProjectError::NotAProject { .. }
    ));
    assert!(matches!(
        write("kopf.lotse", b"SQLite format 3\0 and then nothing"),
        ProjectError::NotAProject { .. }
    ));
    assert!(matches!(
        Project::open(&place.path("fehlt.lotse")),
        Err(ProjectError::Missing { .. })
    ));
    let other = rusqlite::Connection::open(place.path("andere.lotse")).unwrap();
    other.execute_batch("CREATE TABLE notes (text TEXT)").unwrap();
    drop(other);
    assert!(matches!(
        Project::open(&place.path("andere.lotse")),
        Err(ProjectError::NotAProject { .. })
    ));
    assert!(matches!(
        Project::open(place.folder.path()),
        Err(ProjectError::Io { .. } | ProjectError::ReadOnly { .. })
    ));
}

#[test]
fn a_damaged_project_says_so_and_is_left_alone() {
    let place = Place::new();
    let project = place.example();
    let path = project.path().to_path_buf();
    project.close().unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    // Everything behind the first page is overwritten: the header still says what the file is.
    bytes[4096..].fill(0x5a);
    std::fs::write(&path, &bytes).unwrap();
    let error = Project::open(&path).unwrap_err();
    assert!(
        matches!(
            error,
            ProjectError::Damaged { .. } | ProjectError::NotAProject { .. }
        ),
        "{error:?}"
    );
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}

#[test]
fn a_project_of_a_newer_version_is_refused_in_a_clear_sentence() {
    let place = Place::new();
    let project = place.project();
    let path = project.path().to_path_buf();
    project.close().unwrap();
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    let error = Project::open(&path).unwrap_err();
    assert!(matches!(error, ProjectError::Newer { found: 99, .. }));
    assert!(
        error.tell(Language::De).contains("neueren Version"),
        "{}",
        error.tell(Language::De)
    );
}

#[test]
fn a_project_is_open_once_only() {
    let place = Place::new();
    let project = place.project();
    assert!(matches!(
        Project::open(project.path()),
        Err(ProjectError::InUse { .. })
    ));
    let path = project.path().to_path_buf();
    project.close().unwrap();
    assert!(Project::open(&path).is_ok());
}

#[test]
fn a_new_project_never_overwrites_a_file() {
    let place = Place::new();
    std::fs::write(place.path("altbestand.lotse"), "wichtig").unwrap();
    let new = NewProject::named("x", Target::builtin("migration").unwrap());
    let error = Project::create(&place.path("altbestand.lotse"), &new, &actor()).unwrap_err();
    assert!(matches!(error, ProjectError::Exists { .. }));
    assert_eq!(
        std::fs::read_to_string(place.path("altbestand.lotse")).unwrap(),
        "wichtig"
    );
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let place = Place::new();
    let new = NewProject::named("x", Target::builtin("migration").unwrap());
    let error = Project::create(&place.path("fehlt").join("x.lotse"), &new, &actor()).unwrap_err();
    assert!(matches!(error, ProjectError::Missing { .. }), "{error:?}");
}

#[cfg(unix)]
#[test]
fn a_project_that_may_not_be_written_says_what_to_do() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let project = place.project();
    let path = project.path().to_path_buf();
    project.close().unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o444)).unwrap();
    let error = Project::open(&path).unwrap_err();
    assert!(matches!(error, ProjectError::ReadOnly { .. }), "{error:?}");
    assert!(error.tell(Language::De).contains("Schreibrecht"));
}
