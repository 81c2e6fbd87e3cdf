/*
 * The buffers that go on where the stream is changed.
 *
 * What stays of a buffer that came, the chunk, goes on in buffers that point into it, its shadows. The chunk is its owner's, who
 * reads from the upstream into it again as soon as it is empty; so it is made empty (pos = last) when the last of them has been
 * sent, not before. What the rewriter has held lies in memory that it uses again, and is copied.
 *
 * The copies are allocated by themselves: a request's pool gives small pieces back only with the request, and an event stream
 * may last for days. The request's cleanup frees those that are left.
 *
 * Buffers that have been given to the next filter wait in `busy`, in the order in which they are sent.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#include "ngx_http_eventwire.h"


static const ngx_buf_tag_t  ngx_http_eventwire_tag = (ngx_buf_tag_t) &ngx_http_eventwire_module;

/* A byte-order mark, which is one at the very beginning alone. */
static const u_char  ngx_http_eventwire_mark[EVENTWIRE_NO_MARK] = { 0xEF, 0xBB, 0xBF };

/* A comment that says nothing, and a blank line. */
static const u_char  ngx_http_eventwire_comment[] = { ':', '\n', '\n' };


void
ngx_http_eventwire_output_init(ngx_http_eventwire_output_t *output)
{
    ngx_memzero(output, sizeof(ngx_http_eventwire_output_t));
    output->last_out = &output->out;
    output->last_busy = &output->busy;
    output->mark = EVENTWIRE_NO_MARK;
    output->flush.flush = 1;
    output->flush.sync = 1;
}


/* The memory of a copy. Others leave `start` at NULL. */
static void
ngx_http_eventwire_free_copy(ngx_buf_t *b)
{
    if (b->start != NULL) {
        ngx_free(b->start);
        b->start = NULL;
    }
}


void
ngx_http_eventwire_output_free(ngx_http_eventwire_output_t *output)
{
    ngx_chain_t  *cl;

    for (cl = output->busy; cl != NULL; cl = cl->next) {
        ngx_http_eventwire_free_copy(cl->buf);
    }

    /* Something has failed between appending and sending. */
    for (cl = output->out; cl != NULL; cl = cl->next) {
        if (cl->buf->tag == ngx_http_eventwire_tag) {
            ngx_http_eventwire_free_copy(cl->buf);
        }
    }
}


static void
ngx_http_eventwire_link(ngx_http_eventwire_output_t *output, ngx_chain_t *cl)
{
    cl->next = NULL;
    *output->last_out = cl;
    output->last_out = &cl->next;
}


/* Appends an empty buffer. NULL: there is no memory. */
static ngx_buf_t *
ngx_http_eventwire_new_buf(ngx_http_eventwire_ctx_t *ctx)
{
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    cl = ngx_chain_get_free_buf(ctx->request->pool, &ctx->output.free);
    if (cl == NULL) {
        return NULL;
    }

    b = cl->buf;
    ngx_memzero(b, sizeof(ngx_buf_t));
    b->tag = ngx_http_eventwire_tag;

    ngx_http_eventwire_link(&ctx->output, cl);
    ctx->output.newest = b;

    return b;
}


/* Appends bytes that stay where they are until they are sent. */
static ngx_int_t
ngx_http_eventwire_refer(ngx_http_eventwire_ctx_t *ctx, u_char *bytes, size_t len)
{
    ngx_buf_t  *b;

    b = ngx_http_eventwire_new_buf(ctx);
    if (b == NULL) {
        return NGX_ERROR;
    }

    b->pos = bytes;
    b->last = bytes + len;
    b->memory = 1;
    ctx->begun = 1;
    ctx->passed_at = ngx_current_msec;

    return NGX_OK;
}


/* Appends a copy of bytes, which filters may change in their place. */
static ngx_int_t
ngx_http_eventwire_copy(ngx_http_eventwire_ctx_t *ctx, const u_char *bytes, size_t len)
{
    u_char  *copy;

    copy = ngx_alloc(len, ctx->request->connection->log);
    if (copy == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(copy, bytes, len);

    if (ngx_http_eventwire_refer(ctx, copy, len) != NGX_OK) {
        ngx_free(copy);
        return NGX_ERROR;
    }

    ctx->output.newest->start = copy;
    ctx->output.newest->end = copy + len;

    return NGX_OK;
}


/* Takes a byte-order mark off the head of the stream, of which these bytes come next. */
static ngx_int_t
ngx_http_eventwire_take_mark(ngx_http_eventwire_ctx_t *ctx, ew_span *bytes)
{
    ngx_http_eventwire_output_t  *output = &ctx->output;

    while (output->mark < EVENTWIRE_NO_MARK && bytes->len != 0) {

        if (*bytes->ptr != ngx_http_eventwire_mark[output->mark]) {
            return ngx_http_eventwire_output_end(ctx);
        }

        output->mark++;
        bytes->ptr++;
        bytes->len--;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_eventwire_output_append(ngx_http_eventwire_ctx_t *ctx, ew_span bytes, ngx_buf_t *chunk)
{
    if (ngx_http_eventwire_take_mark(ctx, &bytes) != NGX_OK) {
        return NGX_ERROR;
    }

    if (bytes.len == 0) {
        return NGX_OK;
    }

    if (chunk != NULL && bytes.ptr >= chunk->pos && bytes.ptr < chunk->last) {
        return ngx_http_eventwire_refer(ctx, (u_char *) bytes.ptr, bytes.len);
    }

    return ngx_http_eventwire_copy(ctx, bytes.ptr, bytes.len);
}


ngx_int_t
ngx_http_eventwire_output_end(ngx_http_eventwire_ctx_t *ctx)
{
    size_t  len;

    if (ctx->output.mark == EVENTWIRE_NO_MARK) {
        return NGX_OK;
    }

    len = ctx->output.mark;
    ctx->output.mark = EVENTWIRE_NO_MARK;

    return len == 0 ? NGX_OK : ngx_http_eventwire_copy(ctx, ngx_http_eventwire_mark, len);
}


/*
 * Appends what a buffer says beside its bytes. Other filters may still have a link to a buffer without bytes when it counts as sent, so none
 * is used again: for flushes there is one that never changes, and for an end, which comes once, a new one.
 */
static ngx_int_t
ngx_http_eventwire_signal(ngx_http_eventwire_ctx_t *ctx, ngx_buf_t *chunk)
{
    ngx_buf_t  *b;

    if (chunk->last_buf || chunk->last_in_chain) {
        b = ngx_calloc_buf(ctx->request->pool);
        if (b == NULL) {
            return NGX_ERROR;
        }

        b->flush = chunk->flush;
        b->sync = 1;
        b->last_buf = chunk->last_buf;
        b->last_in_chain = chunk->last_in_chain;

    } else if (chunk->flush || chunk->sync) {
        b = &ctx->output.flush;

    } else {
        return NGX_OK;
    }

    return ngx_http_eventwire_output_pass(ctx, b);
}


ngx_int_t
ngx_http_eventwire_output_settle(ngx_http_eventwire_ctx_t *ctx, ngx_buf_t *chunk, ngx_chain_t **first)
{
    ngx_buf_t  *b;

    if (*first == NULL) {
        /* Nothing of it is to be sent. */
        chunk->pos = chunk->last;
        return ngx_http_eventwire_signal(ctx, chunk);
    }

    b = ctx->output.newest;
    b->shadow = chunk;
    b->recycled = chunk->recycled;
    b->flush = chunk->flush;
    b->sync = chunk->sync;
    b->last_buf = chunk->last_buf;
    b->last_in_chain = chunk->last_in_chain;

    return NGX_OK;
}


ngx_int_t
ngx_http_eventwire_output_pass(ngx_http_eventwire_ctx_t *ctx, ngx_buf_t *b)
{
    ngx_chain_t  *cl;

    cl = ngx_alloc_chain_link(ctx->request->pool);
    if (cl == NULL) {
        return NGX_ERROR;
    }

    cl->buf = b;
    ngx_http_eventwire_link(&ctx->output, cl);

    return NGX_OK;
}


ngx_int_t
ngx_http_eventwire_output_comment(ngx_http_eventwire_ctx_t *ctx)
{
    if (ngx_http_eventwire_copy(ctx, ngx_http_eventwire_comment, sizeof(ngx_http_eventwire_comment)) != NGX_OK) {
        return NGX_ERROR;
    }

    ctx->output.newest->flush = 1;

    return NGX_OK;
}


ngx_int_t
ngx_http_eventwire_output_send(ngx_http_eventwire_ctx_t *ctx)
{
    ngx_int_t                     rc;
    ngx_chain_t                  *cl, *next;
    ngx_http_eventwire_output_t  *output = &ctx->output;

    rc = ngx_http_eventwire_next_body_filter(ctx->request, output->out);

    /* The next filter has links of its own. What was passed is its owner's, and none of it is waited for. */
    for (cl = output->out; cl != NULL; cl = next) {
        next = cl->next;

        if (cl->buf->tag == ngx_http_eventwire_tag) {
            cl->next = NULL;
            *output->last_busy = cl;
            output->last_busy = &cl->next;

        } else {
            ngx_free_chain(ctx->request->pool, cl);
        }
    }

    output->out = NULL;
    output->last_out = &output->out;

    ngx_http_eventwire_output_reclaim(ctx);

    return rc;
}


void
ngx_http_eventwire_output_reclaim(ngx_http_eventwire_ctx_t *ctx)
{
    ngx_buf_t                    *b;
    ngx_chain_t                  *cl;
    ngx_http_eventwire_output_t  *output = &ctx->output;

    while (output->busy != NULL && ngx_buf_size(output->busy->buf) == 0) {
        cl = output->busy;
        b = cl->buf;

        if (b->shadow != NULL) {
            b->shadow->pos = b->shadow->last;
        }

        ngx_http_eventwire_free_copy(b);

        output->busy = cl->next;
        cl->next = output->free;
        output->free = cl;
    }

    if (output->busy == NULL) {
        output->last_busy = &output->busy;
    }
}
