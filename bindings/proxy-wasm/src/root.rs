//! The plugin: takes the configuration, and makes a filter for each request.

use std::rc::Rc;

use proxy_wasm::hostcalls;
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{BufferType, ContextType, LogLevel};

use crate::config::Config;
use crate::filter::Filter;
use crate::metrics::Metrics;

proxy_wasm::main! {{
    proxy_wasm::set_log_level(LogLevel::Info);
    proxy_wasm::set_root_context(|_| Box::new(Root::default()));
}}

/// The plugin.
#[derive(Default)]
pub struct Root {
    plugin: Option<Rc<Plugin>>,
}

/// What all filters of a plugin have in common.
pub struct Plugin {
    /// What they go by.
    pub config: Config,
    /// What they count.
    pub metrics: Metrics,
}

impl Root {
    fn configure(&mut self) -> Result<(), String> {
        let text = hostcalls::get_buffer(BufferType::PluginConfiguration, 0, usize::MAX);
        let text = text.ok().flatten().unwrap_or_default();
        let config = Config::read(&text).map_err(|error| format!("plugin configuration: {error}"))?;
        let metrics = Metrics::define(&config.stat_prefix)
            .map_err(|status| format!("metrics {}.*: {status:?}", config.stat_prefix))?;
        self.plugin = Some(Rc::new(Plugin { config, metrics }));
        Ok(())
    }
}

impl Context for Root {}

impl RootContext for Root {
    fn on_configure(&mut self, _size: usize) -> bool {
        match self.configure() {
            Ok(()) => true,
            Err(why) => {
                _ = hostcalls::log(LogLevel::Critical, &format!("eventwire: {why}"));
                false
            }
        }
    }

    fn create_http_context(&self, _id: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Filter::new(self.plugin.clone())))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}
