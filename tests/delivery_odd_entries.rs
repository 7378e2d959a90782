//! Odd entries: what else than files and folders a source can hold.
//!
//! In:    pipes, sockets, devices, links, locked folders, names of any bytes.
//! Out:   what [`curtail::delivery::find`] makes of them, without waiting or walking in circles.
//! Never: runs where there are no such things.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::process::Command;

use curtail::delivery;
use curtail::diagnostic::{Diagnose, ErrorKind};
use curtail::origin::Origin;

use crate::delivery::{told, tree};

#[test]
fn what_is_no_file_is_refused_without_waiting_for_it() {
    let folder = tree("a.parquet");
    let pipe = folder.path().join("b.parquet");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert!(told(folder.path(), &[]).starts_with("DELIVERY-NOT-A-FILE `b.parquet` is a pipe"));
    assert!(told(&pipe, &[]).starts_with("DELIVERY-NOT-A-FILE"));
    fs::remove_file(&pipe).unwrap();
    let _socket = UnixListener::bind(&pipe).unwrap();
    assert!(told(folder.path(), &[]).contains("is a socket"));
    fs::remove_file(&pipe).unwrap();
    symlink("/dev/zero", &pipe).unwrap();
    assert!(told(folder.path(), &[]).contains("is a device"));
    fs::remove_file(&pipe).unwrap();
    symlink("nowhere", &pipe).unwrap();
    assert!(told(folder.path(), &[]).contains("is a link that leads nowhere"));
}

#[test]
fn links_in_circles_end_and_a_file_with_two_names_counts_once() {
    let folder = tree("d/a.parquet");
    symlink("..", folder.path().join("d/loop")).unwrap();
    symlink("d", folder.path().join("again")).unwrap();
    symlink("d/a.parquet", folder.path().join("b.parquet")).unwrap();
    let text = told(folder.path(), &[]);
    assert!(text.starts_with("? by folder\n  d/a.parquet\nlink-skipped"), "{text}");
    assert_eq!(text.matches("link-skipped").count(), 3, "{text}");
}

#[test]
fn links_to_files_and_folders_elsewhere_are_followed() {
    let elsewhere = tree("x/a.parquet\nb.parquet");
    let folder = tree("c.parquet");
    symlink(elsewhere.path().join("x"), folder.path().join("x")).unwrap();
    symlink(elsewhere.path().join("b.parquet"), folder.path().join("b.parquet")).unwrap();
    let text = told(folder.path(), &[]);
    assert!(text.starts_with("? by folder\n  b.parquet\n  c.parquet\n  x/a.parquet\n"), "{text}");
}

#[test]
fn odd_file_names_are_names() {
    let folder = tempfile::tempdir().unwrap();
    let names = [b"-a b.parquet".as_slice(), b"n\nl\x1b.parquet", b"\xff%41.parquet"];
    for name in names {
        fs::write(folder.path().join(OsStr::from_bytes(name)), "").unwrap();
    }
    fs::write(folder.path().join(format!("{}.parquet", "x".repeat(247))), "").unwrap();
    let delivery = delivery::find(&Origin::Disk, folder.path(), None).unwrap();
    assert_eq!(delivery.periods[0].files.len(), 4);
    assert!(delivery.files().all(|file| file.path.exists()));
}

#[test]
fn a_locked_folder_is_not_the_datas_fault() {
    let folder = tree("d/a.parquet");
    let locked = folder.path().join("d");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    let outcome = delivery::find(&Origin::Disk, folder.path(), None);
    let is_root = fs::read_dir(&locked).is_ok();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o700)).unwrap();
    if !is_root {
        let error = outcome.unwrap_err();
        assert_eq!((error.code(), error.kind()), ("DELIVERY-UNREADABLE", ErrorKind::Environment));
    }
}
