/*
 * Comments into silence.
 *
 * A timer looks, once in the time that silence may last, when bytes have last gone on. An event does not move it: a stream of
 * many events costs no more timers than one of few.
 *
 * A comment goes where the stream stands between two blocks, and nowhere else. If it is the very first of the response, a byte-order mark
 * that comes behind it would not be at the beginning any more, and so is taken out.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#include "ngx_http_eventwire.h"


static void ngx_http_eventwire_keepalive_handler(ngx_event_t *ev);


void
ngx_http_eventwire_keepalive_start(ngx_http_eventwire_ctx_t *ctx)
{
    if (ctx->conf->keepalive == 0) {
        return;
    }

    ctx->keepalive.handler = ngx_http_eventwire_keepalive_handler;
    ctx->keepalive.data = ctx;
    ctx->keepalive.log = ctx->request->connection->log;

    ngx_add_timer(&ctx->keepalive, ctx->conf->keepalive);
}


void
ngx_http_eventwire_keepalive_stop(ngx_http_eventwire_ctx_t *ctx)
{
    if (ctx->keepalive.timer_set) {
        ngx_del_timer(&ctx->keepalive);
    }
}


/* Whether there is still somebody to be kept waiting. */
static ngx_uint_t
ngx_http_eventwire_is_open(ngx_http_eventwire_ctx_t *ctx)
{
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    r = ctx->request;
    c = r->connection;

    return !c->error && !r->done && ngx_http_get_module_ctx(r, ngx_http_eventwire_module) == ctx;
}


/* Whether what is appended goes to the client next. */
static ngx_uint_t
ngx_http_eventwire_is_active(ngx_http_request_t *r)
{
    return r == r->connection->data && r->postponed == NULL;
}


/* Whether a comment may be inserted here and now. */
static ngx_uint_t
ngx_http_eventwire_may_insert(ngx_http_eventwire_ctx_t *ctx, ew_tap_summary *tap)
{
    ew_rewriter_summary  rewriter;

    /* What is not sent yet ends the silence, if the client takes it. And other requests may go first. */
    if (ctx->output.busy != NULL || !ngx_http_eventwire_is_active(ctx->request)) {
        return 0;
    }

    if (ctx->rewriter == NULL) {
        return (tap->flags & EW_TAP_BETWEEN_EVENTS) != 0;
    }

    return ew_rewriter_summarize(ctx->rewriter, &rewriter) == EW_OK
           && (rewriter.flags & EW_REWRITER_BETWEEN_EVENTS) != 0;
}


/* Sends what is there to be sent, and sees to what the client does not take at once. */
static ngx_int_t
ngx_http_eventwire_send(ngx_http_eventwire_ctx_t *ctx)
{
    ngx_connection_t          *c;
    ngx_http_core_loc_conf_t  *clcf;

    c = ctx->request->connection;

    if (ngx_http_eventwire_output_send(ctx) == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (!c->buffered) {
        return NGX_OK;
    }

    clcf = ngx_http_get_module_loc_conf(ctx->request->main, ngx_http_core_module);

    if (c->write->active && !c->write->ready && !c->write->timer_set) {
        ngx_add_timer(c->write, clcf->send_timeout);
    }

    return ngx_handle_write_event(c->write, clcf->send_lowat);
}


/* Ends a silence, if that can be done. */
static ngx_int_t
ngx_http_eventwire_speak(ngx_http_eventwire_ctx_t *ctx)
{
    ew_tap_summary     tap;
    ngx_connection_t  *c;

    c = ctx->request->connection;

    /* A client that has begun to read again: while the upstream is silent nginx may see no reason to go on. */
    if (ctx->output.busy != NULL && ngx_http_eventwire_is_active(ctx->request) && c->write->ready && !c->write->delayed
        && ngx_http_eventwire_send(ctx) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ew_tap_summarize(ctx->tap, &tap) != EW_OK || !ngx_http_eventwire_may_insert(ctx, &tap)) {
        return NGX_OK;
    }

    if (!ctx->begun && tap.bytes < EVENTWIRE_NO_MARK) {
        ctx->output.mark = 0;
    }

    return ngx_http_eventwire_output_comment(ctx) == NGX_OK ? ngx_http_eventwire_send(ctx) : NGX_ERROR;
}


static void
ngx_http_eventwire_keepalive_handler(ngx_event_t *ev)
{
    ngx_msec_t                 silent, allowed;
    ngx_connection_t          *c;
    ngx_http_request_t        *r;
    ngx_http_eventwire_ctx_t  *ctx;

    ctx = ev->data;
    r = ctx->request;
    c = r->connection;

    if (!ngx_http_eventwire_is_open(ctx)) {
        return;
    }

    allowed = ctx->conf->keepalive;
    silent = ngx_current_msec - ctx->passed_at;

    if (silent < allowed) {
        ngx_add_timer(ev, allowed - silent);
        return;
    }

    ngx_add_timer(ev, allowed);
    ngx_http_set_log_request(c->log, r);

    if (ngx_http_eventwire_speak(ctx) != NGX_OK && !c->error) {
        /*
         * There is no memory. That a client is gone nginx finds out by itself, and does what is configured: a response that is
         * stored goes on without it.
         */
        ngx_http_finalize_request(r, NGX_ERROR);
    }

    ngx_http_run_posted_requests(c);
}
