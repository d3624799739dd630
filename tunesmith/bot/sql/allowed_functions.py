"""The functions an answer may call: they compute from their arguments and nothing else.

They are listed here by topic, and in the profiles of the dialects those that one has and another
has not. Anything that is not listed is refused, because what it does cannot be known: files, the
network, other sessions, waiting, sequences, settings, and whatever a database's owner wrote.
"""

from tunesmith.bot.ddl.dialects import every_profile
from tunesmith.bot.ddl.dialects.profile import words

_TEXT = """
ascii bit_length bm25 btrim char char_length character_length charindex chr compose concat
concat_ws datalength decompose difference dump elt export_set field find_in_set format
format_number glob greatest hex hextoraw highlight ilike initcap insert instr instrb lcase least
left len length lengthb lengthc levenshtein like likelihood likely locate lower lpad ltrim make_set
mid nchar nls_initcap nls_lower nls_upper nlssort normalize octet_length ord overlay patindex
pg_size_pretty position printf quote quote_ident quote_literal quote_nullable quotename rawtohex
regexp_count regexp_instr regexp_like regexp_match regexp_matches regexp_replace
regexp_split_to_array regexp_split_to_table regexp_substr repeat replace replicate reverse right
rpad rtrim similarity snippet soundex space split_part starts_with str strcmp string_escape
string_to_array string_to_table stuff substr substrb substrc substring substring_index to_ascii
translate trim trim_array ucase unaccent unhex unicode unistr unlikely upper vsize weight_string
word_similarity
"""
_NUMBER = """
abs acos acosh asin asinh atan atan2 atanh atn2 bit_count bitand bitor bitxor cbrt ceil ceiling
conv cos cosh cot crc32 dbms_random.value degrees div exp factorial floor gcd lcm ln log log10 log2
min_scale mod nanvl numnonnulls numnulls pi pow power radians rand random remainder round rounddate
scale sign sin sinh sqrt square tan tanh trim_scale trunc truncate width_bucket
"""
_DATE = """
add_months adddate addtime age clock_timestamp convert_tz curdate current_date current_time
current_timestamp current_timezone curtime date date_add date_bin date_bucket date_diff date_format
date_from_parts date_part date_sub date_trunc dateadd datediff datediff_big datefromparts datename
datepart datetime datetime2fromparts datetimefromparts datetimeoffsetfromparts datetrunc day
dayname dayofmonth dayofweek dayofyear dbtimezone eomonth extract from_days from_tz from_unixtime
get_format getdate getutcdate hour interval isdate isfinite julianday justify_days justify_hours
justify_interval last_day localtime localtimestamp make_date make_interval make_time make_timestamp
make_timestamptz makedate maketime microsecond minute month monthname months_between new_time
next_day now numtodsinterval numtoyminterval overlaps period_add period_diff quarter sec_to_time
second sessiontimezone smalldatetimefromparts statement_timestamp str_to_date strftime subdate
subtime switchoffset sys_extract_utc sysdate sysdatetime sysdatetimeoffset systimestamp
sysutcdatetime time time_format time_to_sec timediff timefromparts timeofday timestamp timestampadd
timestampdiff timezone to_days to_dsinterval to_seconds to_yminterval todatetimeoffset
transaction_timestamp tz_offset unix_timestamp unixepoch utc_date utc_time utc_timestamp week
weekday weekofyear year yearweek
"""
_CONVERT = """
bin bin_to_num bin_to_uuid binary binary_checksum cast chartorowid checksum compress convert
convert_from convert_to decode encode from_base64 gen_random_uuid hashbytes inet6_aton inet6_ntoa
inet_aton inet_ntoa is_ipv4 is_ipv6 is_uuid isnumeric json md5 newid oct ora_hash parse pg_typeof
rowidtochar sha sha1 sha2 sha224 sha256 sha384 sha512 standard_hash sys_guid to_base64
to_binary_double to_binary_float to_char to_clob to_date to_hex to_lob to_multi_byte to_nchar
to_nclob to_number to_single_byte to_timestamp treat try_cast try_convert try_parse typeof
uncompress uuid uuid_generate_v4 uuid_to_bin validate_conversion
"""
_CHOICE = """
all and any any_value case choose coalesce exists greatest if iff ifnull iif isnull least lnnvl not
nullif nvl nvl2 or some xor
"""
_AGGREGATE = """
approx_count_distinct approx_median approx_percentile approx_percentile_cont approx_percentile_disc
array_agg avg bit_and bit_or bit_xor bool_and bool_or checksum_agg collect corr count count_big
covar_pop covar_samp cume_dist dense_rank every first first_value group_concat group_id grouping
grouping_id json_agg json_arrayagg json_group_array json_group_object json_object_agg
json_objectagg jsonb_agg jsonb_group_array jsonb_group_object jsonb_object_agg lag last last_value
lead listagg max median min mode nth_value ntile percent_rank percentile_cont percentile_disc rank
ratio_to_report regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy
regr_syy row_number stats_mode std stddev stddev_pop stddev_samp stdev stdevp string_agg sum total
var var_pop var_samp variance variance_pop varp wm_concat xmlagg
"""
_JSON_AND_ARRAYS = """
array array_append array_cat array_dims array_fill array_length array_lower array_ndims
array_position array_positions array_prepend array_remove array_replace array_to_json
array_to_string array_upper cardinality classifier connect_by_root contains containstable daterange
existsnode extractvalue freetext freetexttable generate_series generate_subscripts int4range
int8range isempty isjson json_array json_array_append json_array_contains json_array_elements
json_array_elements_text json_array_insert json_array_length json_build_array json_build_object
json_contains json_contains_path json_depth json_each json_each_text json_error_position
json_exists json_extract json_extract_path json_extract_path_text json_insert json_keys json_length
json_merge_patch json_merge_preserve json_modify json_object json_object_keys json_overlaps
json_patch json_path_exists json_populate_record json_populate_recordset json_pretty json_query
json_quote json_remove json_replace json_scalar json_search json_serialize json_set
json_storage_size json_strip_nulls json_table json_to_record json_to_recordset json_tree json_type
json_typeof json_unquote json_valid json_value jsonb_array_elements jsonb_array_elements_text
jsonb_array_length jsonb_build_array jsonb_build_object jsonb_contains jsonb_each jsonb_each_text
jsonb_exists jsonb_extract_path jsonb_extract_path_text jsonb_insert jsonb_object jsonb_object_keys
jsonb_path_exists jsonb_path_match jsonb_path_query jsonb_path_query_array jsonb_path_query_first
jsonb_pretty jsonb_set jsonb_strip_nulls jsonb_to_record jsonb_to_recordset jsonb_typeof lower_inc
match match_number multirange multiset next nodes numrange openjson phraseto_tsquery
plainto_tsquery powermultiset prev range_agg range_merge row row_to_json set string_split
string_to_array sys.odcidatelist sys.odcinumberlist sys.odcivarchar2list sys_connect_by_path table
to_json to_jsonb to_tsquery to_tsvector ts_headline ts_rank ts_rank_cd tsrange tstzrange unnest
upper_inc value websearch_to_tsquery xmlconcat xmlelement xmlforest xmlserialize xmltable xpath
"""
_SPATIAL = """
point st_area st_asgeojson st_astext st_contains st_distance st_distance_sphere st_dwithin
st_geomfromtext st_intersects st_length st_makepoint st_point st_setsrid st_srid st_transform
st_within st_x st_y
"""
_SESSION = """
current_role current_schema current_user database db_name found_rows row_count schema session_user
user
"""
# What sqlglot calls nodes that it builds out of other functions, operators and syntax.
_BUILT = """
approx_distinct array_contains array_contains_all array_overlaps array_size at_time_zone
bitwise_and bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor collate
count_if current_datetime date_from_parts date_str_to_date datetime_add datetime_diff datetime_sub
datetime_trunc day_of_month day_of_week day_of_week_iso day_of_year decode_case distinct equal_null
exploding_generate_series generate_array ignore_nulls int_div is_json is_null is_numeric
json_array_contains json_b_contains json_b_exists json_b_extract json_b_extract_scalar
json_b_object_agg json_extract_scalar json_object_agg_unique jsonb_contains_all_top_keys
jsonb_contains_any_top_keys jsonb_delete_at_path jsonb_exists_all_keys jsonb_exists_any_keys
jsonb_extract jsonb_extract_scalar logical_and logical_or match_against member_of open_json
ordinality parse_json quantile respect_nulls stddev_population str_position str_to_time str_to_unix
time_add time_diff time_str_to_time time_sub time_to_str time_trunc timestamp_add timestamp_diff
timestamp_sub timestamp_trunc to_timestamp_tz ts_or_ds_add ts_or_ds_diff ts_or_ds_to_date
ts_or_ds_to_datetime ts_or_ds_to_time ts_or_ds_to_timestamp unicode_string unix_to_str unix_to_time
week_of_year within_group xml_element xml_table
"""

_ALLOWED = words(
    " ".join(
        (
            _TEXT,
            _NUMBER,
            _DATE,
            _CONVERT,
            _CHOICE,
            _AGGREGATE,
            _JSON_AND_ARRAYS,
            _SPATIAL,
            _SESSION,
            _BUILT,
            *(" ".join(profile.query.functions) for profile in every_profile()),
        )
    ).replace("_", "")
)


def is_allowed(name: str) -> bool:
    """Whether a function, by its name in lower case, only computes.

    Underscores do not count: sqlglot knows JSON_TABLE as J_S_O_N_TABLE.
    """
    return name.replace("_", "") in _ALLOWED
