// The upgrade story in Chinese is what the product prints where the locale is Chinese.
import { retell } from './retell.js';

retell('upgrade.zh-CN.md', 'zh_CN.UTF-8');
