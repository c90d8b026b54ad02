//! The book's drawings: `docs/drawings/*.pikchr` become `docs/src/drawings/*.svg`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow, bail};
use pikchr::{Pikchr, PikchrFlags};

use crate::workspace::Workspace;

/// Name, and its colour on light and on dark paper. Sources use the names, and so does the style
/// of the picture, which takes the colours that the reader's screen prefers.
const PALETTE: [(&str, u32, u32); 12] = [
    ("ink", 0x1f_2a_37, 0xe8_ed_f2),
    ("soft", 0x5a_68_79, 0xa3_b0_be),
    ("line", 0x8c_9b_ab, 0x64_72_82),
    ("paper", 0xfd_fd_fc, 0x17_1c_23),
    ("panel", 0xf1_f3_f5, 0x20_27_30),
    ("pool", 0xdc_f0_f2, 0x12_37_3d),
    ("pooledge", 0x14_73_80, 0x56_bd_c9),
    ("stake", 0xfc_ee_d4, 0x40_30_12),
    ("stakeedge", 0x9c_63_0f, 0xe3_ad_51),
    ("person", 0xe5_e9_fb, 0x23_2b_50),
    ("personedge", 0x3e_50_b8, 0x98_a8_ff),
    ("stop", 0xf6_dc_d6, 0x4d_2b_27),
];

/// Draws every source anew.
pub fn write(workspace: &Workspace) -> Result<()> {
    for (source, picture) in drawings(workspace)? {
        fs::write(&picture, draw(&source)?)
            .with_context(|| format!("{} cannot be written", picture.display()))?;
        eprintln!("drew {}", picture.display());
    }
    Ok(())
}

/// Fails where a picture is not what its source says.
pub fn check(workspace: &Workspace) -> Result<()> {
    for (source, picture) in drawings(workspace)? {
        let drawn = fs::read_to_string(&picture).unwrap_or_default();
        if drawn != draw(&source)? {
            bail!("{} is out of date: cargo xtask drawings", picture.display());
        }
    }
    Ok(())
}

/// Every source with the path of its picture.
fn drawings(workspace: &Workspace) -> Result<Vec<(PathBuf, PathBuf)>> {
    let (sources, pictures) = (
        workspace.root.join("docs/drawings"),
        workspace.root.join("docs/src/drawings"),
    );
    let mut drawings = Vec::new();
    for entry in fs::read_dir(&sources)? {
        let source = entry?.path();
        let name = source.file_stem().context("a drawing has a name")?;
        let picture = pictures.join(name).with_extension("svg");
        drawings.push((source, picture));
    }
    drawings.sort();
    Ok(drawings)
}

/// The picture of a source, whose first line is a comment with the picture's title.
fn draw(source: &Path) -> Result<String> {
    let text = fs::read_to_string(source)?;
    let title = text.lines().next().unwrap_or_default();
    let title = title.trim_start_matches(['#', ' ']);
    let names = PALETTE.map(|(name, light, _)| format!("${name} = {light:#08x}\n"));
    let svg = Pikchr::render(
        &(names.concat() + &text),
        None,
        *PikchrFlags::default().generate_plain_errors(),
    )
    .map_err(|error| anyhow!("{}: {error}", source.display()))?;
    dress(&svg, title).with_context(|| format!("{} gave no picture", source.display()))
}

/// Gives a bare picture its title, its size, its paper, and colours by name.
fn dress(svg: &str, title: &str) -> Option<String> {
    let (head, body) = svg.split_once('>')?;
    let view_box = head.split("viewBox=\"").nth(1)?.split('"').next()?;
    let mut sides = view_box.split(' ').skip(2);
    let (width, height) = (sides.next()?, sides.next()?);
    let mut body = body.replace("rgb(0,0,0)", "var(--ink)");
    for (name, light, _) in PALETTE {
        let [_, red, green, blue] = light.to_be_bytes();
        body = body.replace(
            &format!("rgb({red},{green},{blue})"),
            &format!("var(--{name})"),
        );
    }
    let light = PALETTE.map(|(name, light, _)| format!("--{name}:#{light:06x};"));
    let dark = PALETTE.map(|(name, _, dark)| format!("--{name}:#{dark:06x};"));
    Some(
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{width}\" \
         height=\"{height}\" viewBox=\"{view_box}\">\n<title>{title}</title>\n<style>\
         :root{{{}}}\n@media(prefers-color-scheme:dark){{:root{{{}}}}}\n\
         svg{{font-size:16px;font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}}</style>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"12\" fill=\"var(--paper)\"/>\n{}",
            light.concat(),
            dark.concat(),
            body.replace('\n', "").replace("><", ">\n<"),
        ) + "\n",
    )
}
