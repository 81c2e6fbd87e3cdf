/*
 * What is known of a stream, for logs: up to the moment at which a variable is read.
 *
 * Of a response that is not looked at none of them is known.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#include "ngx_http_eventwire.h"


/* Numbers of the summary, by where they stand in it. */
static ngx_int_t ngx_http_eventwire_number(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t offset);
/* Times of it, which may not have come. */
static ngx_int_t ngx_http_eventwire_time(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t offset);

static ngx_int_t ngx_http_eventwire_dropped(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_eventwire_last_event_id(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_eventwire_matched(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_eventwire_done(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_eventwire_truncated(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data);


static ngx_http_variable_t  ngx_http_eventwire_variables[] = {

    { ngx_string("eventwire_events"), NULL, ngx_http_eventwire_number,
      offsetof(ew_tap_summary, events), NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("eventwire_bytes"), NULL, ngx_http_eventwire_number,
      offsetof(ew_tap_summary, bytes), NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("eventwire_oversized"), NULL, ngx_http_eventwire_number,
      offsetof(ew_tap_summary, oversized), NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("eventwire_dropped"), NULL, ngx_http_eventwire_dropped,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("eventwire_first_event_ms"), NULL, ngx_http_eventwire_time,
      offsetof(ew_tap_summary, first_event_at), NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("eventwire_max_gap_ms"), NULL, ngx_http_eventwire_time,
      offsetof(ew_tap_summary, max_gap), NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("eventwire_last_event_id"), NULL, ngx_http_eventwire_last_event_id,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("eventwire_matched"), NULL, ngx_http_eventwire_matched,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("eventwire_done"), NULL, ngx_http_eventwire_done,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("eventwire_truncated"), NULL, ngx_http_eventwire_truncated,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

      ngx_http_null_variable
};


ngx_int_t
ngx_http_eventwire_add_variables(ngx_conf_t *cf)
{
    ngx_http_variable_t  *var, *v;

    for (v = ngx_http_eventwire_variables; v->name.len; v++) {
        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}


/*
 * The context, and its summary. NULL: the response is not looked at. Too large is also what the rules have not seen: they count
 * line ends and comments, which the tap does not hold.
 */
static ngx_http_eventwire_ctx_t *
ngx_http_eventwire_summarize(ngx_http_request_t *r, ngx_http_variable_value_t *v, ew_tap_summary *summary)
{
    ew_rewriter_summary        rewriter;
    ngx_http_eventwire_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_eventwire_module);

    if (ctx == NULL || ew_tap_summarize(ctx->tap, summary) != EW_OK) {
        v->not_found = 1;
        return NULL;
    }

    if (ctx->rewriter != NULL && ew_rewriter_summarize(ctx->rewriter, &rewriter) == EW_OK) {
        summary->oversized = ngx_max(summary->oversized, rewriter.oversized_blocks);
    }

    return ctx;
}


static void
ngx_http_eventwire_set(ngx_http_variable_value_t *v, u_char *data, size_t len)
{
    v->data = data;
    v->len = len;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
}


static ngx_int_t
ngx_http_eventwire_set_number(ngx_http_request_t *r, ngx_http_variable_value_t *v, uint64_t number)
{
    u_char  *text;

    text = ngx_pnalloc(r->pool, NGX_INT64_LEN);
    if (text == NULL) {
        return NGX_ERROR;
    }

    ngx_http_eventwire_set(v, text, ngx_sprintf(text, "%uL", number) - text);

    return NGX_OK;
}


/* Copies bytes, as the next chunk may take them away. */
static ngx_int_t
ngx_http_eventwire_set_bytes(ngx_http_request_t *r, ngx_http_variable_value_t *v, ew_span bytes)
{
    u_char  *text;

    text = ngx_pnalloc(r->pool, bytes.len);
    if (text == NULL) {
        return NGX_ERROR;
    }

    ngx_http_eventwire_set(v, text, ngx_cpymem(text, bytes.ptr, bytes.len) - text);

    return NGX_OK;
}


static void
ngx_http_eventwire_set_flag(ngx_http_variable_value_t *v, ngx_uint_t flag)
{
    ngx_http_eventwire_set(v, (u_char *) (flag ? "1" : "0"), 1);
}


static ngx_int_t
ngx_http_eventwire_number(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t offset)
{
    ew_tap_summary  summary;

    if (ngx_http_eventwire_summarize(r, v, &summary) == NULL) {
        return NGX_OK;
    }

    return ngx_http_eventwire_set_number(r, v, *(uint64_t *) ((char *) &summary + offset));
}


static ngx_int_t
ngx_http_eventwire_time(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t offset)
{
    uint64_t        ms;
    ew_tap_summary  summary;

    if (ngx_http_eventwire_summarize(r, v, &summary) == NULL) {
        return NGX_OK;
    }

    ms = *(uint64_t *) ((char *) &summary + offset);

    if (ms == EW_NEVER) {
        v->not_found = 1;
        return NGX_OK;
    }

    return ngx_http_eventwire_set_number(r, v, ms);
}


static ngx_int_t
ngx_http_eventwire_dropped(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    ew_tap_summary             summary;
    ngx_http_eventwire_ctx_t  *ctx;

    ctx = ngx_http_eventwire_summarize(r, v, &summary);

    return ctx == NULL ? NGX_OK : ngx_http_eventwire_set_number(r, v, ctx->dropped);
}


static ngx_int_t
ngx_http_eventwire_last_event_id(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    ew_tap_summary  summary;

    if (ngx_http_eventwire_summarize(r, v, &summary) == NULL) {
        return NGX_OK;
    }

    return ngx_http_eventwire_set_bytes(r, v, summary.last_event_id);
}


static ngx_int_t
ngx_http_eventwire_matched(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    ew_match                   match;
    ew_tap_summary             summary;
    ngx_http_eventwire_ctx_t  *ctx;

    ctx = ngx_http_eventwire_summarize(r, v, &summary);

    if (ctx == NULL || ew_tap_match(ctx->tap, EW_MATCH_LAST, &match) != EW_EVENT) {
        v->not_found = 1;
        return NGX_OK;
    }

    return ngx_http_eventwire_set_bytes(r, v, match.data);
}


static ngx_int_t
ngx_http_eventwire_done(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    ew_tap_summary  summary;

    if (ngx_http_eventwire_summarize(r, v, &summary) != NULL) {
        ngx_http_eventwire_set_flag(v, (summary.flags & EW_TAP_DONE) != 0);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_eventwire_truncated(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    ew_match                   match;
    ngx_uint_t                 is_cut;
    ew_tap_summary             summary;
    ngx_http_eventwire_ctx_t  *ctx;

    ctx = ngx_http_eventwire_summarize(r, v, &summary);

    if (ctx != NULL) {
        is_cut = ew_tap_match(ctx->tap, EW_MATCH_LAST, &match) == EW_EVENT && (match.flags & EW_MATCH_TRUNCATED) != 0;
        ngx_http_eventwire_set_flag(v, is_cut || summary.oversized != 0);
    }

    return NGX_OK;
}
