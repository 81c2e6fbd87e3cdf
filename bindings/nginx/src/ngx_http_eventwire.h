/*
 * What the files of the nginx module share.
 *
 *     ngx_http_eventwire_module.c      directives and their values
 *     ngx_http_eventwire_filter.c      which responses are looked at, and what becomes of their buffers
 *     ngx_http_eventwire_rewrite.c     the rules that change a stream
 *     ngx_http_eventwire_output.c      the buffers that go on where the stream is changed
 *     ngx_http_eventwire_keepalive.c   comments into silence
 *     ngx_http_eventwire_variables.c   what is known of a stream, for logs
 *
 * What an event is, and where one ends, libeventwire decides; there is nothing of it here.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#ifndef NGX_HTTP_EVENTWIRE_H
#define NGX_HTTP_EVENTWIRE_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include <eventwire.h>


/* The directives of a location. */
typedef struct {
    ngx_flag_t                  enable;
    size_t                      max_event_size;
    ngx_str_t                   match;           /* empty: nothing is looked for */
    ngx_array_t                *drop_types;      /* of ngx_str_t; NULL: none */
    ngx_msec_t                  keepalive;       /* 0: no comments */
} ngx_http_eventwire_conf_t;


/* The buffers on their way to the next filter. */
typedef struct {
    ngx_chain_t                *out;             /* to be given to it with the next call */
    ngx_chain_t               **last_out;        /* where the next link of `out` goes */
    ngx_buf_t                  *newest;          /* the last buffer of `out` that is ours */
    ngx_chain_t                *busy;            /* of ours, in order: given to it, and not all sent */
    ngx_chain_t               **last_busy;
    ngx_chain_t                *free;            /* links with buffers of ours, to be used again */
    ngx_buf_t                   flush;           /* without bytes, and always the same */

    /*
     * How many bytes of a byte-order mark have been taken out of the head of the stream. EVENTWIRE_NO_MARK: the mark is
     * out, or none is looked for.
     */
    ngx_uint_t                  mark;
} ngx_http_eventwire_output_t;

#define EVENTWIRE_NO_MARK  3


/* A response that is looked at. */
typedef struct {
    ngx_http_request_t         *request;
    ngx_http_eventwire_conf_t  *conf;

    ew_tap                     *tap;
    ew_rewriter                *rewriter;        /* NULL: no event is to be dropped */
    ngx_http_eventwire_output_t output;

    ngx_event_t                 keepalive;
    ngx_msec_t                  passed_at;       /* when bytes have last been given to the next filter */

    ngx_msec_t                  head_at;         /* when the response's head was sent */
    ngx_msec_t                  head_after;      /* how many ms after the request's start that was */

    uint64_t                    dropped;         /* events */

    unsigned                    begun:1;         /* bytes have been given to the next filter */
} ngx_http_eventwire_ctx_t;


extern ngx_module_t  ngx_http_eventwire_module;


/* filter.c */

ngx_int_t ngx_http_eventwire_filter_init(ngx_conf_t *cf);

/* The body filter that comes next. */
extern ngx_http_output_body_filter_pt  ngx_http_eventwire_next_body_filter;


/* rewrite.c */

/* Appends what the rules leave of the bytes of a buffer. */
ngx_int_t ngx_http_eventwire_rewrite(ngx_http_eventwire_ctx_t *ctx, ngx_buf_t *chunk);

/* Appends what is held: nothing comes any more that could decide about it. */
ngx_int_t ngx_http_eventwire_finish(ngx_http_eventwire_ctx_t *ctx);


/* output.c */

void ngx_http_eventwire_output_init(ngx_http_eventwire_output_t *output);

/* Frees the memory of buffers that were not sent, when no filter can come back to them. */
void ngx_http_eventwire_output_free(ngx_http_eventwire_output_t *output);

/*
 * Appends bytes of the stream. Those in `chunk` are sent from there, and ngx_http_eventwire_output_settle is to be called
 * when all of it has been dealt with; others are copied.
 */
ngx_int_t ngx_http_eventwire_output_append(ngx_http_eventwire_ctx_t *ctx, ew_span bytes, ngx_buf_t *chunk);

/* Appends what has been taken for the beginning of a byte-order mark: the stream has ended. */
ngx_int_t ngx_http_eventwire_output_end(ngx_http_eventwire_ctx_t *ctx);

/*
 * Gives the flags of `chunk` to the last buffer that was made of it, and lets go of it when that is sent. What was made of it
 * begins at `first`, the value of `last_out` before.
 */
ngx_int_t ngx_http_eventwire_output_settle(ngx_http_eventwire_ctx_t *ctx, ngx_buf_t *chunk, ngx_chain_t **first);

/* Appends a buffer of another module that has no bytes in memory. */
ngx_int_t ngx_http_eventwire_output_pass(ngx_http_eventwire_ctx_t *ctx, ngx_buf_t *b);

/* Appends a comment, to be sent at once. */
ngx_int_t ngx_http_eventwire_output_comment(ngx_http_eventwire_ctx_t *ctx);

/* Gives what has been appended to the next filter, and tells what that answers. */
ngx_int_t ngx_http_eventwire_output_send(ngx_http_eventwire_ctx_t *ctx);

/* Takes back the buffers that have been sent, and lets go of what they were made of. */
void ngx_http_eventwire_output_reclaim(ngx_http_eventwire_ctx_t *ctx);


/* keepalive.c */

/* Begins to look for silence, if that is asked for. */
void ngx_http_eventwire_keepalive_start(ngx_http_eventwire_ctx_t *ctx);

void ngx_http_eventwire_keepalive_stop(ngx_http_eventwire_ctx_t *ctx);


/* variables.c */

ngx_int_t ngx_http_eventwire_add_variables(ngx_conf_t *cf);


#endif /* NGX_HTTP_EVENTWIRE_H */
