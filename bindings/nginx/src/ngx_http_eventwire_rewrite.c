/*
 * The rules: which events are dropped.
 *
 * The rewriter shows each event when the byte has come that completes it, and gives out what is to be sent: most of it where it
 * lies, in the buffer that came. What it holds is an event that is not complete.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#include "ngx_http_eventwire.h"


static ngx_uint_t
ngx_http_eventwire_is_dropped(ngx_http_eventwire_conf_t *conf, ew_event *event)
{
    ngx_str_t   *type;
    ngx_uint_t   i;

    type = conf->drop_types->elts;

    for (i = 0; i < conf->drop_types->nelts; i++) {
        if (type[i].len == event->event_type.len
            && ngx_memcmp(type[i].data, event->event_type.ptr, type[i].len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


/* Appends what the rewriter gives out. */
static ngx_int_t
ngx_http_eventwire_append_spans(ngx_http_eventwire_ctx_t *ctx, ngx_buf_t *chunk)
{
    size_t          i, count;
    const ew_span  *spans;

    if (ew_rewriter_spans(ctx->rewriter, &spans, &count) < 0) {
        return NGX_ERROR;
    }

    for (i = 0; i < count; i++) {
        if (ngx_http_eventwire_output_append(ctx, spans[i], chunk) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_eventwire_rewrite(ngx_http_eventwire_ctx_t *ctx, ngx_buf_t *chunk)
{
    ew_span         whole;
    ew_event        event;
    ew_input        input;
    ew_status       status;
    ew_tap_summary  summary;

    whole.ptr = chunk->pos;
    whole.len = chunk->last - chunk->pos;

    if (ctx->rewriter == NULL) {
        return ngx_http_eventwire_output_append(ctx, whole, chunk);
    }

    ngx_memzero(&input, sizeof(ew_input));
    input.ptr = whole.ptr;
    input.len = whole.len;

    while ((status = ew_rewriter_next(ctx->rewriter, &input, &event)) != EW_NEED_INPUT) {

        if (status < 0) {
            ngx_log_error(NGX_LOG_ALERT, ctx->request->connection->log, 0,
                          "eventwire: ew_rewriter_next: %s", ew_status_string(status));
            return NGX_ERROR;
        }

        if (status == EW_EVENT && ngx_http_eventwire_is_dropped(ctx->conf, &event)) {
            (void) ew_rewriter_drop_event(ctx->rewriter);
            ctx->dropped++;
        }
    }

    if (ngx_http_eventwire_append_spans(ctx, chunk) != NGX_OK) {
        return NGX_ERROR;
    }

    /* The rewriter gives a byte-order mark out as soon as it is whole. */
    if (ctx->output.mark == 0
        && ew_tap_summarize(ctx->tap, &summary) == EW_OK
        && summary.bytes >= EVENTWIRE_NO_MARK)
    {
        ctx->output.mark = EVENTWIRE_NO_MARK;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_eventwire_finish(ngx_http_eventwire_ctx_t *ctx)
{
    if (ctx->rewriter != NULL) {
        (void) ew_rewriter_finish(ctx->rewriter);

        if (ngx_http_eventwire_append_spans(ctx, NULL) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return ngx_http_eventwire_output_end(ctx);
}
