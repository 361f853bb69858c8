//! Services, customers, and what policy.yaml says.

use herald_judge::chance::Chance;
use serde_json::{Value, json};

use super::{Names, some_names};

/// Names, times, windows, leads.
pub fn general(dice: &mut Chance, mut shipped: Value) -> Value {
    shipped["name"] = json!(dice.one_of(&["default", "web-shop", "p"]));
    shipped["time_zone"] = json!(dice.one_of(&["Asia/Tokyo", "UTC", "America/New_York"]));
    shipped["link_hosts"] = json!(dice.some_of(&["status.example.com", "runbooks.example.com"], 60));
    let times = &mut shipped["times"];
    times["always"] = json!({ "from": "2020-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z" });
    times["never"] = json!({ "from": "2020-01-01T00:00:00Z", "to": "2020-01-02T00:00:00Z" });
    times["nights"] =
        json!({ "weekdays": ["sat", "sun"], "from": "22:00", "to": "06:00", "time_zone": "UTC" });
    let windows = &mut shipped["windows"];
    // A second: what comes back at once may be an incident of its own.
    windows["reopen"] = json!(dice.one_of(&["30m", "2h", "1s"]));
    windows["silent_after"] = json!(dice.one_of(&["24h", "1h", "2s"]));
    windows["lead_missing_after"] = json!(dice.one_of(&["10m", "1s"]));
    if dice.percent(20) {
        windows["close_silent_after"] = json!("8h");
    }
    if dice.percent(30) {
        shipped["leads"]["business-response"] = json!({});
    }
    shipped
}

/// The catalogue, with other properties and other dependencies.
pub fn services(dice: &mut Chance, mut shipped: Value) -> Value {
    let services = shipped["services"].as_object_mut().unwrap();
    let names: Vec<String> = services.keys().cloned().collect();
    for (place, name) in names.iter().enumerate() {
        let service = &mut services[name];
        if dice.percent(25) {
            service["tier"] = json!(1 + dice.below(3));
        }
        if dice.percent(25) {
            service["customer_facing"] = json!(dice.percent(60));
        }
        if dice.percent(25) {
            service["sla"] =
                json!({ "update_within": dice.one_of(&["1s", "30m"]), "penalty": dice.percent(50) });
        }
        if dice.percent(20) {
            service["business_service"] =
                json!(dice.one_of(&["online-shop", "partner-platform", "back-office"]));
        }
        if dice.percent(25) {
            // On later ones only, so that there is no loop.
            service["depends_on"] = json!(some_of_names(dice, &names[place + 1..]));
        }
        if dice.percent(20) {
            service.as_object_mut().unwrap().remove("symptom");
        }
    }
    shipped
}

fn some_of_names(dice: &mut Chance, of: &[String]) -> Vec<String> {
    of.iter().filter(|_| dice.percent(40)).cloned().collect()
}

/// Customers, and who speaks to them.
pub fn customers(dice: &mut Chance, mut shipped: Value, names: &Names) -> Value {
    let customers = shipped["customers"].as_object_mut().unwrap();
    for (_, customer) in customers.iter_mut() {
        if dice.percent(35) {
            customer["uses"] = json!([dice.one_of(&["online-shop", "partner-platform", "back-office"])]);
        }
        if dice.percent(35) {
            customer["regions"] = json!([dice.one_of(&["eu", "jp"])]);
        }
        if dice.percent(25) {
            // Who is affected is counted, and so can't depend on the count.
            customer["affected_when"] = super::when::when(dice, &["strategic_customers"]);
        }
        if dice.percent(25) {
            customer["language"] = json!(dice.one_of(&["en", "ja"]));
        }
        if dice.percent(25) && !names.per_customer.is_empty() {
            customer["audiences"] = json!(some_names(dice, &names.per_customer, 60));
        }
    }
    shipped
}
