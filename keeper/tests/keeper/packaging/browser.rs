//! The page in Chromium: how wide it is, and how it looks.

use std::{fs, ops::RangeInclusive, path::Path, process::Command};

use tempfile::TempDir;

use super::{file, printed};

/// What a browser is called, first that of Debian.
const CALLED: [&str; 3] = ["chromium-headless-shell", "chromium", "google-chrome"];
const PACKAGE: &str = "chromium-headless-shell";
/// The screens of a phone, a tablet and a desk.
const WIDTHS: [u32; 3] = [360, 800, 1_400];
/// The picture in the book, and its size in pixels.
const PICTURE: &str = "docs/src/drawings/keeper-page.png";
const SIZE: (u32, u32) = (800, 1_300);
/// Less is a page with hardly anything on it, which compresses well. The book stays small.
const BYTES: RangeInclusive<usize> = 40_000..=150_000;
/// Where a PNG file has its size.
const WIDTH_AT: usize = 16;
const HEIGHT_AT: usize = 20;

fn browser(profile: &TempDir) -> Command {
    let is_there = |name: &&&str| Command::new(name).arg("--version").output().is_ok();
    let name = CALLED.iter().find(is_there);
    let mut browser = Command::new(name.unwrap_or(&PACKAGE));
    let profile = profile.path().display();
    browser.args([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
    ]);
    browser.arg(format!("--user-data-dir={profile}"));
    browser
}

/// Fails where a screen would have to be scrolled sideways.
pub fn assert_fits(page: &str) {
    let profile = TempDir::new().unwrap();
    let frames = profile.path().join("frames.html");
    let page = serde_json::to_string(page).unwrap().replace("</", "<\\/");
    let script = format!(
        "const page = {page};
        for (const width of {WIDTHS:?}) {{
            const frame = document.createElement('iframe');
            frame.width = width; frame.style.border = 0; frame.srcdoc = page;
            frame.onload = () => {{
                const is = frame.contentDocument.documentElement.scrollWidth;
                document.body.append(`[${{width}}:${{is}}]`);
            }};
            document.body.append(frame);
        }}"
    );
    fs::write(
        &frames,
        format!("<!doctype html><body><script>{script}</script>"),
    )
    .unwrap();
    let mut command = browser(&profile);
    let shown = command
        .arg("--dump-dom")
        .arg(format!("file://{}", frames.display()));
    let shown = printed(PACKAGE, shown);
    let told = shown
        .rsplit('[')
        .filter_map(|part| part.split_once(']')?.0.split_once(':'));
    let told = told.filter_map(|(width, is)| Some((width.parse().ok()?, is.parse().ok()?)));
    let told: Vec<(u32, u32)> = told.take(WIDTHS.len()).collect();
    assert_eq!(told.len(), WIDTHS.len(), "{shown}");
    assert!(
        told.iter().all(|(width, is)| is <= width),
        "wider than its screen: {told:?}"
    );
}

/// Takes a picture of the page, which goes to `target/tmp`, and fails where nothing is on it.
pub fn assert_shows(url: &str) {
    let picture = Path::new(env!("CARGO_TARGET_TMPDIR")).join("keeper-page.png");
    let profile = TempDir::new().unwrap();
    let mut command = browser(&profile);
    command.arg(format!("--window-size={},{}", SIZE.0, SIZE.1));
    command
        .arg(format!("--screenshot={}", picture.display()))
        .arg(url);
    printed(PACKAGE, &mut command);
    assert_is_picture(&picture);
    assert_is_picture(&file(PICTURE));
}

fn assert_is_picture(path: &Path) {
    let picture = fs::read(path).unwrap_or_else(|_| {
        panic!(
            "{} is missing: `cargo xtask screenshot` makes it",
            path.display()
        )
    });
    assert!(picture.starts_with(b"\x89PNG"), "{}", path.display());
    let number = |at: usize| u32::from_be_bytes(picture[at..at + 4].try_into().unwrap());
    assert_eq!((number(WIDTH_AT), number(HEIGHT_AT)), SIZE);
    assert!(
        BYTES.contains(&picture.len()),
        "{} has {} bytes",
        path.display(),
        picture.len()
    );
}
