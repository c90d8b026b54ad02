//! A real Prometheus with the configuration that is shipped.

use std::{
    collections::BTreeSet,
    fs,
    net::TcpListener,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use reqwest::Url;
use serde_json::Value;
use tempfile::TempDir;

use super::{fetched, file, printed, text};

const PACKAGE: &str = "prometheus";
const CONFIGURATION: &str = "deploy/prometheus/prometheus.yml";
const DASHBOARD: &str = "deploy/grafana/dashboards/sluice.json";
const PATIENCE: Duration = Duration::from_secs(30);
/// A rate needs several samples.
const SCRAPES: u64 = 3;
/// No sample where nothing is due or fires, where epochs are too short for a year, and without a market.
const MAY_BE_EMPTY: [&str; 4] = [
    "sluice_due_step_age_seconds",
    "sluice_alert_firing",
    "sluice_apy_ratio",
    "sluice_market_price_lamports",
];

/// A Prometheus that scrapes one keeper every second, killed at the end.
pub struct Prometheus {
    process: Child,
    url: String,
    _folder: TempDir,
}

impl Prometheus {
    /// One that has scraped the keeper at this URL.
    pub fn of(keeper: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let target = keeper.trim_start_matches("http://").trim_end_matches('/');
        let shipped = text(CONFIGURATION);
        let configuration = shipped
            .replace("keeper:9464", target)
            .replace("_interval: 15s", "_interval: 1s");
        assert!(configuration.contains(target) && configuration.contains("_interval: 1s"));
        let path = folder.path().join("prometheus.yml");
        fs::write(&path, configuration).unwrap();
        for rules in fs::read_dir(file("deploy/prometheus")).unwrap() {
            let rules = rules.unwrap();
            if rules.path() != file(CONFIGURATION) && rules.file_type().unwrap().is_file() {
                fs::copy(rules.path(), folder.path().join(rules.file_name())).unwrap();
            }
        }
        let check = ["check", "config"];
        printed(
            PACKAGE,
            Command::new("promtool")
                .args(check)
                .arg(file(CONFIGURATION)),
        );
        let free = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let process = Command::new("prometheus")
            .arg(format!("--config.file={}", path.display()))
            .arg(format!(
                "--storage.tsdb.path={}",
                folder.path().join("data").display()
            ))
            .arg(format!("--web.listen-address={free}"))
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let prometheus = Self {
            process,
            url: format!("http://{free}"),
            _folder: folder,
        };
        prometheus.await_scrapes(free);
        prometheus
    }

    fn await_scrapes(&self, at: std::net::SocketAddr) {
        let begun = Instant::now();
        let scraped = || {
            std::net::TcpStream::connect(at).ok()?;
            let query = "sum(count_over_time(up{job=\"sluice-keeper\"}[1m]) * up)";
            let answer = self.query(query);
            let count = answer["data"]["result"][0]["value"][1].as_str()?;
            count.parse::<u64>().ok().filter(|count| *count >= SCRAPES)
        };
        while scraped().is_none() {
            assert!(
                begun.elapsed() < PATIENCE,
                "Prometheus does not scrape the keeper"
            );
            thread::sleep(Duration::from_millis(200));
        }
    }

    fn query(&self, query: &str) -> Value {
        let url = format!("{}/api/v1/query", self.url);
        let url = Url::parse_with_params(&url, [("query", query)]).unwrap();
        serde_json::from_str(&fetched(url.as_str())).unwrap_or_default()
    }

    /// Fails where a metric that the keeper serves is not there.
    pub fn assert_has_every_sample(&self, metrics: &str) {
        let samples = metrics.lines().filter(|line| line.starts_with("sluice_"));
        let served = samples.filter_map(|line| line.split('{').next());
        let served: BTreeSet<&str> = served.collect();
        assert!(served.len() > 20, "{metrics}");
        for name in served {
            let answer = self.query(name);
            let series = answer["data"]["result"].as_array();
            assert!(
                series.is_some_and(|series| !series.is_empty()),
                "{name}: {answer}"
            );
        }
    }

    /// Fails where a query of the dashboard is wrong, names a metric that the keeper does not have, or finds
    /// nothing.
    pub fn assert_answers_the_dashboard(&self) {
        let dashboard: Value = serde_json::from_str(&text(DASHBOARD)).unwrap();
        let panels = dashboard["panels"].as_array().unwrap();
        let targets = panels
            .iter()
            .flat_map(|panel| panel["targets"].as_array().unwrap());
        let queries = targets.map(|target| target["expr"].as_str().unwrap());
        let queries: Vec<&str> = queries.collect();
        assert!(queries.len() > 20, "{queries:?}");
        let known = metrics_of_the_book();
        for query in queries {
            let is_of_name = |letter: char| letter.is_ascii_lowercase() || letter == '_';
            let names = query.split(|letter| !is_of_name(letter));
            let names: Vec<&str> = names.filter(|name| name.starts_with("sluice_")).collect();
            assert!(!names.is_empty(), "{query}");
            assert!(names.iter().all(|name| known.contains(*name)), "{query}");
            let answer = self.query(&query.replace("$pool", ".*"));
            assert_eq!(answer["status"], "success", "{query}: {answer}");
            let is_empty = answer["data"]["result"].as_array().unwrap().is_empty();
            let may_be = names.iter().any(|name| MAY_BE_EMPTY.contains(name));
            assert!(!is_empty || may_be, "{query} finds nothing");
        }
    }
}

/// A test of the keeper holds this list against its metrics.
fn metrics_of_the_book() -> BTreeSet<String> {
    let book = text("docs/src/keeper.md");
    let rows = book.lines().filter_map(|line| line.strip_prefix("| `"));
    let names = rows.filter_map(|row| row.split('`').next());
    let names = names.filter(|name| name.starts_with("sluice_"));
    names.map(str::to_owned).collect()
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        // It may have ended already.
        let _gone = self.process.kill();
        let _reaped = self.process.wait();
    }
}
