/*
 * The module as nginx knows it: its directives, how their values come from one level to the next, and what is refused.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#include "ngx_http_eventwire.h"


static char *ngx_http_eventwire_max_event_size(ngx_conf_t *cf, void *post, void *data);
static char *ngx_http_eventwire_drop_type(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static void *ngx_http_eventwire_create_conf(ngx_conf_t *cf);
static char *ngx_http_eventwire_merge_conf(ngx_conf_t *cf, void *parent, void *child);


#define EVENTWIRE_ANYWHERE  (NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_HTTP_LIF_CONF)

static ngx_conf_post_t  ngx_http_eventwire_max_event_size_post = { ngx_http_eventwire_max_event_size };


static ngx_command_t  ngx_http_eventwire_commands[] = {

    { ngx_string("eventwire"),
      EVENTWIRE_ANYWHERE|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_eventwire_conf_t, enable),
      NULL },

    { ngx_string("eventwire_max_event_size"),
      EVENTWIRE_ANYWHERE|NGX_CONF_TAKE1,
      ngx_conf_set_size_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_eventwire_conf_t, max_event_size),
      &ngx_http_eventwire_max_event_size_post },

    { ngx_string("eventwire_match"),
      EVENTWIRE_ANYWHERE|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_eventwire_conf_t, match),
      NULL },

    { ngx_string("eventwire_drop_type"),
      EVENTWIRE_ANYWHERE|NGX_CONF_1MORE,
      ngx_http_eventwire_drop_type,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_eventwire_conf_t, drop_types),
      NULL },

    { ngx_string("eventwire_keepalive"),
      EVENTWIRE_ANYWHERE|NGX_CONF_TAKE1,
      ngx_conf_set_msec_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_eventwire_conf_t, keepalive),
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_eventwire_module_ctx = {
    ngx_http_eventwire_add_variables,  /* preconfiguration */
    ngx_http_eventwire_filter_init,    /* postconfiguration */

    NULL,                              /* create main configuration */
    NULL,                              /* init main configuration */

    NULL,                              /* create server configuration */
    NULL,                              /* merge server configuration */

    ngx_http_eventwire_create_conf,    /* create location configuration */
    ngx_http_eventwire_merge_conf      /* merge location configuration */
};


ngx_module_t  ngx_http_eventwire_module = {
    NGX_MODULE_V1,
    &ngx_http_eventwire_module_ctx,    /* module context */
    ngx_http_eventwire_commands,       /* module directives */
    NGX_HTTP_MODULE,                   /* module type */
    NULL,                              /* init master */
    NULL,                              /* init module */
    NULL,                              /* init process */
    NULL,                              /* init thread */
    NULL,                              /* exit thread */
    NULL,                              /* exit process */
    NULL,                              /* exit master */
    NGX_MODULE_V1_PADDING
};


/* 0 would be the library's default to the library, and means "none at all" to who writes it. */
static char *
ngx_http_eventwire_max_event_size(ngx_conf_t *cf, void *post, void *data)
{
    size_t  *size = data;

    if (*size == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "eventwire_max_event_size must be at least 1 byte");
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_eventwire_drop_type(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_eventwire_conf_t  *ewcf = conf;

    ngx_str_t   *type, *words;
    ngx_uint_t   i;

    words = cf->args->elts;

    if (ewcf->drop_types == NGX_CONF_UNSET_PTR) {
        ewcf->drop_types = ngx_array_create(cf->pool, cf->args->nelts - 1, sizeof(ngx_str_t));
        if (ewcf->drop_types == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    for (i = 1; i < cf->args->nelts; i++) {

        if (words[i].len == 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "eventwire_drop_type: no event's type is empty; those that give none are of the type "
                               "\"message\"");
            return NGX_CONF_ERROR;
        }

        type = ngx_array_push(ewcf->drop_types);
        if (type == NULL) {
            return NGX_CONF_ERROR;
        }

        *type = words[i];
    }

    return NGX_CONF_OK;
}


static void *
ngx_http_eventwire_create_conf(ngx_conf_t *cf)
{
    ngx_http_eventwire_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(ngx_http_eventwire_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    /* conf->match = { 0, NULL }, which is unset to nginx */

    conf->enable = NGX_CONF_UNSET;
    conf->max_event_size = NGX_CONF_UNSET_SIZE;
    conf->drop_types = NGX_CONF_UNSET_PTR;
    conf->keepalive = NGX_CONF_UNSET_MSEC;

    return conf;
}


static char *
ngx_http_eventwire_merge_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_eventwire_conf_t  *prev = parent;
    ngx_http_eventwire_conf_t  *conf = child;

    ngx_conf_merge_value(conf->enable, prev->enable, 0);
    ngx_conf_merge_size_value(conf->max_event_size, prev->max_event_size, 1024 * 1024);
    ngx_conf_merge_str_value(conf->match, prev->match, "");
    ngx_conf_merge_ptr_value(conf->drop_types, prev->drop_types, NULL);
    ngx_conf_merge_msec_value(conf->keepalive, prev->keepalive, 0);

    return NGX_CONF_OK;
}
