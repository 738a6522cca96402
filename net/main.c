/* SPDX-License-Identifier: Apache-2.0 */
#include "net/net.h"
#include "store/rx.h"

int
main(int argc, char **argv)
{
	store_pinyin_use(store_pinyin_icu);
	return net_main(argc, argv);
}
