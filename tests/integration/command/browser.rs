//! The review page in a real browser: what a template's author wrote there stays text, the page asks
//! nobody for anything, and it can be read on a telephone.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::{err, run};

const TEMPLATE: &str = "templates/en/customers-general/update.md";
/// Widths of a telephone, and of a desk's screen, in CSS pixels.
const WIDTHS_PX: [u32; 2] = [360, 1280];
/// Looks at the page from outside, at each width; `PAGE` and `WIDTHS` are put in.
const LOOK: &str = r##"<!doctype html><meta charset="utf-8"><pre id="found"></pre><script>
const page = PAGE, found = [];
(async () => {
  for (const width of WIDTHS) {
    const frame = document.createElement("iframe");
    frame.style.width = width + "px";
    frame.srcdoc = page;
    const loaded = new Promise(done => frame.onload = done);
    document.body.append(frame);
    await loaded;
    const seen = frame.contentDocument, root = seen.documentElement;
    found.push({
      wide: [root, ...seen.querySelectorAll("body *")].filter(one => one.clientWidth > 0
        && one.scrollWidth > one.clientWidth).map(one => one.outerHTML.slice(0, 100)),
      title: seen.title,
      foreign: seen.querySelectorAll("body script, body img, body iframe, body form, body link").length,
      outside: [...seen.querySelectorAll("a[href]")].filter(a => !a.getAttribute("href").startsWith("#")).length,
      broken: [...seen.querySelectorAll("nav a")].filter(a => !seen.getElementById(a.getAttribute("href").slice(1))).length,
      text: seen.body.innerText,
    });
  }
  document.getElementById("found").textContent = JSON.stringify(found);
})();
</script>"##;

#[test]
fn the_review_page_is_text_asks_nobody_and_fits_a_telephone() {
    let Some(browser) = browser() else { return };
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    let asked = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = asked.local_addr().unwrap();
    // Markup by itself is no policy; as code, and as a name, it is.
    let hostile = format!(
        "`<script>document.title = 'taken'</script>` `<img src=\"http://{address}/seen\">` {}",
        "long".repeat(200)
    );
    let name = format!("en: \"<img src='http://{address}/name'>\"");
    assert!(run(at, &["init", "mine"]).status.success());
    let file = at.join("mine/policy").join(TEMPLATE);
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{text}\n{hostile}\n")).unwrap();
    let audiences = at.join("mine/policy/audiences.yaml");
    let text = std::fs::read_to_string(&audiences).unwrap();
    std::fs::write(&audiences, text.replace("en: Executives", &name)).unwrap();
    let page = run(
        at,
        &["preview", "customers-general", "executives", "--policy", "mine/policy", "--html", "review.html"],
    );
    assert_eq!(page.status.code(), Some(0), "{}", err(&page));

    let html = std::fs::read_to_string(at.join("review.html")).unwrap();
    let found = look(&browser, at, &html);
    assert_eq!(found.len(), WIDTHS_PX.len());
    for (width, seen) in WIDTHS_PX.iter().zip(&found) {
        let count = |what: &str| seen[what].as_u64().unwrap();
        assert_eq!(seen["wide"], json!([]), "at {width} px this is cut off, or must be scrolled sideways");
        assert!(seen["title"].as_str().unwrap().starts_with("Messages of default@"), "{}", seen["title"]);
        assert_eq!((count("foreign"), count("outside"), count("broken")), (0, 0, 0));
        let text = seen["text"].as_str().unwrap();
        assert!(
            text.contains("<script>document.title")
                && text.contains("<img src='http:")
                && text.contains("お客様影響"),
            "{text}"
        );
    }
    asked.set_nonblocking(true).unwrap();
    assert!(asked.accept().is_err(), "the page asked for something");
}

/// What a browser sees of the page, at each width.
fn look(browser: &Path, at: &Path, html: &str) -> Vec<Value> {
    // A page within a script: its own end of a script would end that one.
    let page = serde_json::to_string(html).unwrap().replace("</", "<\\/");
    let look = LOOK.replace("WIDTHS", &format!("{WIDTHS_PX:?}")).replace("PAGE", &page);
    std::fs::write(at.join("look.html"), look).unwrap();
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=10000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", at.join("profile").display()))
        .arg(format!("file://{}", at.join("look.html").display()))
        .output()
        .unwrap();
    let dom = String::from_utf8(output.stdout).unwrap();
    let found = dom.split_once("<pre id=\"found\">").and_then(|(_, rest)| rest.split_once("</pre>"));
    let json = found.map(|(json, _)| json.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", " "));
    let json =
        json.unwrap_or_else(|| panic!("nothing was seen: {}", String::from_utf8_lossy(&output.stderr)));
    serde_json::from_str(&json.replace("&amp;", "&")).unwrap_or_else(|error| panic!("{error}: {json}"))
}

fn browser() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let found =
        std::env::split_paths(&path).flat_map(|at| names.map(|name| at.join(name))).find(|at| at.is_file());
    if found.is_none() {
        println!("skipped: no Chromium here; scripts/setup --browser installs it where it can be had");
    }
    found
}
