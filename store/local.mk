# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libstore.a
libstore_a_SOURCES = store/store.h store/error.c store/file.h store/file_room.h store/file.c store/file_own.c store/file_put.c store/keyring.c \
	store/slot.c \
	store/vault.h store/vault.c store/vault_cipher.c store/vault_file.c \
	store/vault_disk.c store/vault_head.c store/vault_map.c \
	store/vault_run.c store/vault_vfs.c \
	store/sign.h store/es256.c store/jws.c store/sign.c store/signer.c \
	store/token.c store/provenance.c \
	store/db.h store/ingest.h store/entry.h store/outbox.h store/brief.h \
	store/alike.c store/brief.c store/chart.c store/chart_in.c \
	store/communication.c store/db.c store/draft.c store/entry.c \
	store/hash.c store/ingest.c store/me.c store/migrate.c \
	store/number.c store/open.c store/outbox.c store/owed.c \
	store/people.c store/purge.c store/queue.c store/queue_scan.c \
	store/queue_words.h store/read.c \
	store/rescue.c store/result_in.c store/row.c store/scope.c \
	store/send.c store/thread.c store/work.c \
	store/chart_row.h store/latest.c store/results.c store/results.h \
	store/fact.h store/fact.c store/home.c store/respond.c store/years.c \
	store/chart_page.c store/page.h store/past_in.c \
	store/rx.h store/script.h store/rx_row.h store/formulary.h \
	store/line.h store/transaction.h \
	store/again.c store/bodies.c store/card.c store/formulary.c \
	store/formulary_in.c store/line.c store/owed_rx.c store/pinyin.c store/pinyin.h \
	store/pinyin_table.h store/renewal.c \
	store/rx.c store/rx_in.c store/rx_own.c store/rx_send.c \
	store/rx_task_in.c store/script_in.c store/transaction.c \
	store/search.h store/search_room.h store/search.c \
	store/search_doc.c store/search_fold.c store/search_hit.c \
	store/search_in.c \
	store/search_merge.c store/search_merge.h store/search_merge_write.c \
	store/search_name.c store/search_part.c \
	store/search_post.c store/search_query.c store/search_scan.c \
	store/search_test.c store/search_token.c store/search_want.c \
	store/search_who.c
libstore_a_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS) $(NETTLE_CFLAGS) $(P11_CFLAGS) $(SODIUM_CFLAGS)
STORE_LIBS = libstore.a $(FHIR_LIBS) $(SQLITE_LIBS) $(HOGWEED_LIBS) $(NETTLE_LIBS)
# The migrations, in order, as C strings.
store_schema = store/schema/001.sql store/schema/002.sql store/schema/003.sql store/schema/004.sql store/schema/005.sql \
	store/schema/006.sql store/schema/007.sql store/schema/008.sql store/schema/009.sql \
	store/schema/010.sql store/schema/011.sql store/schema/012.sql
EXTRA_DIST += $(store_schema)
BUILT_SOURCES += store/schema.inc
CLEANFILES += store/schema.inc
store/libstore_a-migrate.$(OBJEXT): store/schema.inc
store/schema.inc: $(store_schema)
	$(AM_V_GEN)$(MKDIR_P) store && for sql in $(store_schema); do \
		test -f $$sql || sql=$(srcdir)/$$sql; \
		sed -e 's/--.*//' -e 's/\\/\\\\/g' -e 's/"/\\"/g' \
			-e 's/^/"/' -e 's/$$/\\n"/' $$sql; \
		echo ','; \
	done > $@.tmp && mv $@.tmp $@
