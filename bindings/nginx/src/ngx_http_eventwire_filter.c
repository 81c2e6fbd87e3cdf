/*
 * The filters: which responses are looked at, and what becomes of the buffers of their bodies.
 *
 * The header filter gives a response a context if it is an event stream. The body filter shows each buffer to the tap. If
 * nothing in the configuration can change the stream, the buffers then go on as they are; if something can, the bytes go
 * through the rules (rewrite.c), and what is left of them on in buffers of the module's (output.c).
 *
 * The module's place is behind nginx's copy filter, which reads files into memory where filter_need_in_memory asks for it,
 * and before all that change what is sent: what is seen is what came, not compressed, and of this request alone.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#include "ngx_http_eventwire.h"


static ngx_int_t ngx_http_eventwire_header_filter(ngx_http_request_t *r);
static ngx_int_t ngx_http_eventwire_body_filter(ngx_http_request_t *r, ngx_chain_t *in);


static ngx_http_output_header_filter_pt  ngx_http_eventwire_next_header_filter;
ngx_http_output_body_filter_pt           ngx_http_eventwire_next_body_filter;


ngx_int_t
ngx_http_eventwire_filter_init(ngx_conf_t *cf)
{
    ngx_http_eventwire_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_eventwire_header_filter;

    ngx_http_eventwire_next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = ngx_http_eventwire_body_filter;

    return NGX_OK;
}


/* Whether the media type is text/event-stream, whatever its parameters (RFC 9110, 8.3.1). */
static ngx_uint_t
ngx_http_eventwire_is_event_stream(ngx_str_t *type)
{
    static const ngx_str_t  stream = ngx_string("text/event-stream");

    u_char  end;

    if (type->len < stream.len || ngx_strncasecmp(type->data, stream.data, stream.len) != 0) {
        return 0;
    }

    if (type->len == stream.len) {
        return 1;
    }

    end = type->data[stream.len];
    return end == ';' || end == ' ' || end == '\t';
}


/* Whether the response is a range, which may begin within an event; if so, says so. nginx itself makes one of it after the header filter. */
static ngx_uint_t
ngx_http_eventwire_is_partial(ngx_http_request_t *r)
{
    if (r->headers_out.status != NGX_HTTP_PARTIAL_CONTENT) {
        return 0;
    }

    ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                  "eventwire leaves the event stream alone, the response is a part of it (206)");
    return 1;
}


/* Whether the body is of the bytes of the stream and begins with the first; if not, says so. */
static ngx_uint_t
ngx_http_eventwire_is_plain(ngx_http_request_t *r)
{
    ngx_str_t        *coding;
    ngx_table_elt_t  *field;

    field = r->headers_out.content_encoding;

    if (field != NULL && field->hash != 0 && field->value.len != 0) {
        coding = &field->value;

        if (coding->len != sizeof("identity") - 1
            || ngx_strncasecmp(coding->data, (u_char *) "identity", coding->len) != 0)
        {
            ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                          "eventwire leaves the event stream alone, its content coding is \"%V\"", coding);
            return 0;
        }
    }

    return !ngx_http_eventwire_is_partial(r);
}


/* Whether there is a body to come, when the head has been sent. Of an upstream's 204 nginx says nothing in header_only. */
static ngx_uint_t
ngx_http_eventwire_has_body(ngx_http_request_t *r)
{
    return !r->header_only
           && r->headers_out.status != NGX_HTTP_NO_CONTENT && r->headers_out.status != NGX_HTTP_NOT_MODIFIED;
}


static ngx_uint_t
ngx_http_eventwire_may_change(ngx_http_eventwire_conf_t *conf)
{
    return conf->drop_types != NULL || conf->keepalive != 0;
}


/* Ends with the request's memory, after its variables have been logged. */
static void
ngx_http_eventwire_cleanup(void *data)
{
    ngx_http_eventwire_ctx_t  *ctx = data;

    ngx_http_eventwire_keepalive_stop(ctx);
    ngx_http_eventwire_output_free(&ctx->output);
    ew_rewriter_free(ctx->rewriter);
    ew_tap_free(ctx->tap);
}


/* NULL: there is no memory. */
static ngx_http_eventwire_ctx_t *
ngx_http_eventwire_create_ctx(ngx_http_request_t *r, ngx_http_eventwire_conf_t *conf)
{
    ew_tap_config              tap = EW_TAP_CONFIG_INIT;
    ngx_time_t                *now;
    ew_rewriter_config         rewriter = EW_REWRITER_CONFIG_INIT;
    ngx_msec_int_t             since;
    ngx_pool_cleanup_t        *cleanup;
    ngx_http_eventwire_ctx_t  *ctx;

    cleanup = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_eventwire_ctx_t));
    if (cleanup == NULL) {
        return NULL;
    }

    ctx = cleanup->data;
    ngx_memzero(ctx, sizeof(ngx_http_eventwire_ctx_t));
    ctx->request = r;
    ctx->conf = conf;
    ngx_http_eventwire_output_init(&ctx->output);
    cleanup->handler = ngx_http_eventwire_cleanup;

    /* The request's start is on the clock on the wall; from here on it is counted on one that nobody sets. */
    now = ngx_timeofday();
    since = (ngx_msec_int_t) ((now->sec - r->start_sec) * 1000 + (now->msec - r->start_msec));
    ctx->head_after = ngx_max(since, 0);
    ctx->head_at = ngx_current_msec;
    ctx->passed_at = ngx_current_msec;

    tap.max_event_size = conf->max_event_size;
    if (conf->match.len != 0) {
        tap.needle.ptr = conf->match.data;
        tap.needle.len = conf->match.len;
    }

    if (ew_tap_new(&tap, &ctx->tap) != EW_OK) {
        return NULL;
    }

    if (conf->drop_types != NULL) {
        rewriter.oversized = EW_OVERSIZED_PASS;
        rewriter.max_block_size = conf->max_event_size;

        if (ew_rewriter_new(&rewriter, &ctx->rewriter) != EW_OK) {
            return NULL;
        }
    }

    return ctx;
}


static ngx_int_t
ngx_http_eventwire_header_filter(ngx_http_request_t *r)
{
    ngx_int_t                   rc;
    ngx_http_eventwire_ctx_t   *ctx;
    ngx_http_eventwire_conf_t  *conf;

    conf = ngx_http_get_module_loc_conf(r, ngx_http_eventwire_module);

    if (!conf->enable
        || !ngx_http_eventwire_is_event_stream(&r->headers_out.content_type)
        || !ngx_http_eventwire_is_plain(r))
    {
        return ngx_http_eventwire_next_header_filter(r);
    }

    if (ngx_http_eventwire_may_change(conf)) {
        /* The length, its ranges, and what tells whether it is still the same. */
        ngx_http_clear_content_length(r);
        ngx_http_clear_accept_ranges(r);
        ngx_http_clear_last_modified(r);
        ngx_http_weak_etag(r);
    }

    r->filter_need_in_memory = 1;

    rc = ngx_http_eventwire_next_header_filter(r);

    if (rc == NGX_ERROR || rc > NGX_OK || !ngx_http_eventwire_has_body(r) || ngx_http_eventwire_is_partial(r)) {
        return rc;
    }

    ctx = ngx_http_eventwire_create_ctx(r, conf);
    if (ctx == NULL) {
        /* Rather a stream that is not looked at than none. */
        ngx_log_error(NGX_LOG_ALERT, r->connection->log, 0,
                      "eventwire leaves the event stream alone, there is no memory");
        return rc;
    }

    ngx_http_set_ctx(r, ctx, ngx_http_eventwire_module);
    ngx_http_eventwire_keepalive_start(ctx);

    return rc;
}


/*
 * Whether the response ends with this buffer. If the upstream fails in the midst of a response, there is no last buffer: then
 * nginx flushes, after it has taken its own cleanup handler away, and closes the connection.
 */
static ngx_uint_t
ngx_http_eventwire_is_last(ngx_http_request_t *r, ngx_buf_t *b)
{
    if (b->last_buf || (b->last_in_chain && r != r->main)) {
        return 1;
    }

    return b->flush && ngx_buf_special(b)
           && r->upstream != NULL && r->upstream->header_sent && r->upstream->cleanup == NULL;
}


/* Shows a buffer to the tap, and tells whether it holds any bytes. */
static ngx_uint_t
ngx_http_eventwire_observe(ngx_http_eventwire_ctx_t *ctx, ngx_buf_t *b)
{
    ew_span  chunk;

    if (ngx_http_eventwire_is_last(ctx->request, b)) {
        ngx_http_eventwire_keepalive_stop(ctx);
    }

    if (!ngx_buf_in_memory(b) || b->last == b->pos) {
        return 0;
    }

    chunk.ptr = b->pos;
    chunk.len = b->last - b->pos;
    (void) ew_tap_observe(ctx->tap, chunk, ctx->head_after + (ngx_current_msec - ctx->head_at));

    return 1;
}


/* The buffers go on as they are. */
static ngx_int_t
ngx_http_eventwire_watch(ngx_http_eventwire_ctx_t *ctx, ngx_chain_t *in)
{
    ngx_int_t     rc;
    ngx_chain_t  *cl;

    for (cl = in; cl != NULL; cl = cl->next) {
        if (ngx_http_eventwire_observe(ctx, cl->buf)) {
            ctx->begun = 1;
            ctx->passed_at = ngx_current_msec;
        }
    }

    rc = ngx_http_eventwire_next_body_filter(ctx->request, in);

    /* A comment, if there is any. */
    ngx_http_eventwire_output_reclaim(ctx);

    return rc;
}


/* Appends what becomes of a buffer that came. */
static ngx_int_t
ngx_http_eventwire_take(ngx_http_eventwire_ctx_t *ctx, ngx_buf_t *b)
{
    ngx_uint_t     has_bytes, is_last;
    ngx_chain_t  **first;

    first = ctx->output.last_out;
    has_bytes = ngx_http_eventwire_observe(ctx, b);
    is_last = ngx_http_eventwire_is_last(ctx->request, b);

    if (has_bytes && ngx_http_eventwire_rewrite(ctx, b) != NGX_OK) {
        return NGX_ERROR;
    }

    if (is_last && ngx_http_eventwire_finish(ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    if (has_bytes) {
        return ngx_http_eventwire_output_settle(ctx, b, first);
    }

    return ngx_http_eventwire_output_pass(ctx, b);
}


static ngx_int_t
ngx_http_eventwire_body_filter(ngx_http_request_t *r, ngx_chain_t *in)
{
    ngx_http_eventwire_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_eventwire_module);

    if (ctx == NULL) {
        return ngx_http_eventwire_next_body_filter(r, in);
    }

    if (ctx->rewriter == NULL && ctx->output.mark == EVENTWIRE_NO_MARK) {
        return ngx_http_eventwire_watch(ctx, in);
    }

    for ( ; in != NULL; in = in->next) {
        if (ngx_http_eventwire_take(ctx, in->buf) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return ngx_http_eventwire_output_send(ctx);
}
