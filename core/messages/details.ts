// Words of Archbridge's own that problems carry as parameters, such as "the gzip stream". They are English in logs and JSON, and are
// translated where a sentence of another language takes them in.

const CHINESE: Readonly<Record<string, string>> = {
  'a rule of its project': '其项目的规则',
  'its config names no platform': '其配置未标明架构',
  'its entry for this platform has no SHA-256 digest': '该架构的条目没有 SHA-256 摘要',
  'larger than 64 MB': '大于 64 MB',
  'name or version': '名称或版本',
  'not a map': '不是键值结构',
  'the answer is a web page': '应答是网页',
  'the file is missing': '缺少该文件',
  'the gzip stream': 'gzip 数据流',
  'the header of the next entry': '下一条目的头部',
  'the layer cannot be decompressed': '该层无法解压',
  'the name of the next entry': '下一条目的名称',
  'the token grants no pull': '令牌不允许拉取',
  'the window of zstd': 'zstd 的窗口',
  'the zstd stream': 'zstd 数据流',
};

/** The value of a parameter as a sentence of this language takes it in; what is not in the list stays as it is. */
export function detailIn(value: string, language: string): string {
  return (language === 'zh-CN' ? CHINESE[value] : undefined) ?? value;
}
