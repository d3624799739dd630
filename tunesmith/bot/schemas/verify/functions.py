"""The functions an answer may call: they compute from their arguments and nothing else.

Anything that is not listed is refused, because what it does cannot be known: files, the network,
other sessions, waiting, sequences, settings, and whatever a database's owner wrote.
"""

from tunesmith.bot.schemas.verify.words import words

_TEXT = """
datalength likelihood likely unlikely ascii bit_length btrim char char_length character_length
charindex chr concat concat_ws difference elt field find_in_set format format_number greatest hex
initcap insert instr instrb lcase least left len length lengthb locate lower lpad ltrim mid nchar
normalize octet_length ord overlay patindex position printf quotename quote quote_ident
quote_literal regexp_count regexp_instr regexp_like regexp_match regexp_matches regexp_replace
regexp_split_to_array regexp_split_to_table regexp_substr repeat replace replicate reverse right
rpad rtrim soundex space split_part starts_with str str_position strcmp stuff substr substrb
substring substring_index string_escape string_to_array string_to_table to_ascii translate trim
ucase unhex unicode unicode_string unistr unaccent upper like glob ilike text_to_timestamp collate
string trim_array similarity word_similarity levenshtein soundex_match char_index sounds_like
str_replace utf8 weight_string nls_upper nls_lower nls_initcap nlssort dump rawtohex hextoraw
"""
_NUMBER = """
abs acos acosh asin asinh atan atan2 atanh atn2 bitand bitor bitxor bit_count cbrt ceil ceiling
conv cos cosh cot crc32 degrees div exp factorial floor gcd lcm ln log log10 log2 mod pi pow power
radians rand random remainder round rounddate scale sign sin sinh sqrt square tan tanh trunc
truncate width_bucket min_scale trim_scale numnonnulls numnulls nanvl dbms_random.value int_div
sigmoid bitwise_and bitwise_or bitwise_xor bitwise_not bitwise_left_shift bitwise_right_shift
"""
_DATE = """
add_months adddate addtime age clock_timestamp convert_tz curdate current_date current_datetime
current_time current_timestamp curtime date date_add date_bin date_bucket date_diff date_format
date_from_parts datefromparts date_part date_sub date_trunc dateadd datediff datediff_big datename
datepart datetime datetime2fromparts datetimefromparts datetimeoffsetfromparts datetrunc day
dayname dayofmonth dayofweek dayofyear eomonth extract from_days from_unixtime from_tz get_format
getdate getutcdate hour isdate isfinite julianday justify_days justify_hours justify_interval
last_day localtime localtimestamp make_date make_interval make_time make_timestamp make_timestamptz
makedate maketime microsecond minute month monthname months_between new_time next_day now
numtodsinterval numtoyminterval period_add period_diff quarter sec_to_time second
smalldatetimefromparts statement_timestamp str_to_date strftime str_to_time subdate subtime
switchoffset sysdate sysdatetime sysdatetimeoffset systimestamp sysutcdatetime time time_format
date_str_to_date time_to_sec timediff timefromparts timestamp timestampadd timestampdiff
timestamp_add timestamp_diff timestamp_sub timestamp_trunc time_to_str timezone to_days to_seconds
to_timestamp_tz todatetimeoffset transaction_timestamp trunc_date tz_offset unix_timestamp
unixepoch utc_date utc_time utc_timestamp week weekday weekofyear year yearweek ts_or_ds_to_date
ts_or_ds_add ts_or_ds_diff ts_or_ds_to_timestamp time_str_to_time sys_extract_utc to_dsinterval
to_yminterval dbtimezone sessiontimezone timeofday overlaps at_time_zone interval time_trunc
datetime_trunc datetime_add datetime_sub datetime_diff day_of_month day_of_week day_of_year
week_of_year str_to_unix unix_to_str unix_to_time time_add time_sub time_diff ts_or_ds_to_time
ts_or_ds_to_datetime day_of_week_iso dayofweek_iso
"""
_CONVERT = """
bin binary cast char_to_label chartorowid convert convert_to_charset decode encode inet_aton
inet_ntoa inet6_aton inet6_ntoa is_ipv4 is_ipv6 is_numeric isnumeric json oct parse rowidtochar
to_base64 from_base64 to_binary_double to_binary_float to_char to_clob to_date to_hex to_lob
to_multi_byte to_nchar to_nclob to_number to_single_byte to_timestamp treat try_cast try_convert
try_parse typeof format_type validate_conversion md5 sha sha1 sha2 sha224 sha256 sha384 sha512
hashbytes checksum binary_checksum ora_hash standard_hash digest compress uncompress uuid newid
gen_random_uuid uuid_generate_v4 sys_guid cast_to_str_type try_to_number
"""
_CHOICE = """
case choose coalesce decode_case greatest if ifnull iff iif is_null isnull least lnnvl nullif nvl
nvl2 exists any all some xor and or not any_value equal_null
"""
_AGGREGATE = """
approx_count_distinct approx_distinct array_agg avg bit_and bit_or bit_xor bool_and bool_or
checksum_agg collect corr count count_big count_if countif covar_pop covar_samp cume_dist
dense_rank every first first_value group_concat group_id grouping grouping_id json_agg
json_arrayagg json_group_array json_group_object json_object_agg json_objectagg jsonb_agg
jsonb_group_array jsonb_group_object jsonb_object_agg lag last last_value lead listagg logical_and
logical_or max median min mode nth_value ntile percent_rank percentile_cont percentile_disc rank
ratio_to_report regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy
regr_syy row_number stats_mode std stddev stddev_pop stddev_samp stdev stdevp string_agg sum total
var var_pop var_samp variance variance_pop varp xmlagg wm_concat arg_max arg_min array_concat_agg
distinct max_by min_by stddev_population ignore_nulls respect_nulls within_group quantile
approx_quantile hypothetical_rank json_b_object_agg json_object_agg_unique parameterized_agg
combined_agg_func anonymous_agg_func
"""
_JSON_AND_ARRAYS = """
sys.odcivarchar2list sys.odcinumberlist sys.odcidatelist prev next match_number classifier array
array_append array_cat array_contains array_contains_all array_dims array_fill array_length
array_lower array_ndims array_overlaps array_position array_positions array_prepend array_remove
array_replace array_size array_to_json array_to_string array_upper cardinality explode
exploding_generate_series generate_array generate_series generate_subscripts is_json isjson
json_array json_array_append json_array_contains json_array_elements json_array_elements_text
json_array_insert json_array_length json_arrow json_build_array json_build_object json_contains
json_contains_path json_depth json_each json_each_text json_error_position json_exists json_extract
json_extract_array json_extract_path json_extract_path_text json_extract_scalar json_format
json_insert json_keys json_length json_merge_patch json_merge_preserve json_modify json_object
json_object_keys json_overlaps json_patch json_path_exists json_populate_record
json_populate_recordset json_pretty json_query json_quote json_remove json_replace json_scalar
json_search json_serialize json_set json_storage_size json_strip_nulls json_table json_to_record
json_to_recordset json_tree json_type json_typeof json_unquote json_valid json_value
json_value_array jsonb jsonb_array_elements jsonb_array_elements_text jsonb_array_length
jsonb_build_array jsonb_build_object jsonb_contains jsonb_each jsonb_each_text jsonb_exists
jsonb_exists_all_keys jsonb_exists_any_keys jsonb_extract jsonb_extract_path
jsonb_extract_path_text jsonb_extract_scalar jsonb_insert jsonb_object jsonb_object_keys
jsonb_path_exists jsonb_path_match jsonb_path_query jsonb_path_query_array jsonb_path_query_first
jsonb_pretty jsonb_set jsonb_strip_nulls jsonb_to_record jsonb_to_recordset jsonb_typeof map
member_of multiset nodes openjson ordinality parse_json row row_to_json string_split
string_to_array struct table to_json to_jsonb to_tsquery to_tsvector ts_headline ts_rank ts_rank_cd
tsvector plainto_tsquery phraseto_tsquery websearch_to_tsquery unnest value values var_map
xmlelement xml_element xmlforest xmlconcat xmltable xml_table xmlserialize xpath match
match_against contains containstable freetext freetexttable int4range int8range numrange daterange
tsrange tstzrange lower_inc upper_inc isempty range_agg range_merge multirange sys_connect_by_path
powermultiset set connect_by_root hierarchy extractvalue existsnode jsonb_contains_all_top_keys
jsonb_contains_any_top_keys jsonb_delete_at_path json_b_extract json_b_extract_scalar
json_b_contains json_b_exists json_extract_quote string_to_map sort_array element_at inline
transform filter
"""
_SPATIAL = """
point st_area st_asgeojson st_astext st_contains st_distance st_distance_sphere st_dwithin
st_geomfromtext st_intersects st_length st_makepoint st_point st_setsrid st_srid st_transform
st_within st_x st_y
"""
_SESSION = """
current_role current_schema current_user database db_name schema session_user user row_count
found_rows
"""

_ALLOWED = words(
    " ".join(
        (_TEXT, _NUMBER, _DATE, _CONVERT, _CHOICE, _AGGREGATE, _JSON_AND_ARRAYS, _SPATIAL, _SESSION)
    ).replace("_", "")
)


def is_allowed(name: str) -> bool:
    """Whether a function, by its name in lower case, only computes.

    Underscores do not count: sqlglot knows JSON_TABLE as J_S_O_N_TABLE.
    """
    return name.replace("_", "") in _ALLOWED
