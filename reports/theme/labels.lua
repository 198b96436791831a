-- Words of the page that are not written on a page. `labels:` in _quarto.yml replaces any of them.
return {
  en = {
    skip = "Skip to the content", menu = "Menu", search = "Search", none = "Nothing found", found = "found",
    dark = "Dark theme", site = "Site", areas = "Provinces", edition = "Edition", language = "Language", known = "As known on",
    licence = "Licence", cite = "How to cite", contents = "On this page", previous = "Previous",
    next = "Next", neighbours = "Neighbouring pages", more = "More", table = "Table", figure = "Figure",
    note = "Note", warning = "Warning", important = "Important", tip = "Tip", caution = "Caution",
    scroll = "scrolls inside its frame", footnotes = "Footnotes",
    paper = "As PDF", book = "Report", annex = "Annexes",
  },
  vi = {
    skip = "Đến nội dung chính", menu = "Mục lục", search = "Tìm kiếm", none = "Không tìm thấy", found = "kết quả",
    dark = "Nền tối", site = "Trang", areas = "Tỉnh, thành phố", edition = "Kỳ báo cáo", language = "Ngôn ngữ", known = "Số liệu công bố đến ngày",
    licence = "Giấy phép", cite = "Cách trích dẫn", contents = "Trong trang này", previous = "Trước",
    next = "Sau", neighbours = "Trang liền kề", more = "Chi tiết", table = "Bảng", figure = "Hình",
    note = "Ghi chú", warning = "Cảnh báo", important = "Quan trọng", tip = "Gợi ý", caution = "Thận trọng",
    scroll = "cuộn trong khung", footnotes = "Chú thích",
    paper = "Bản PDF", book = "Báo cáo", annex = "Phụ lục",
  },
  ar = {
    skip = "انتقل إلى المحتوى", menu = "القائمة", search = "بحث", none = "لا نتائج", found = "نتيجة",
    dark = "مظهر داكن", site = "الموقع", areas = "المقاطعات", edition = "الإصدار", language = "اللغة", known = "كما عُرف في",
    licence = "الترخيص", cite = "كيفية الاقتباس", contents = "في هذه الصفحة", previous = "السابق",
    next = "التالي", neighbours = "صفحات مجاورة", more = "المزيد", table = "جدول", figure = "شكل",
    note = "ملاحظة", warning = "تحذير", important = "مهم", tip = "نصيحة", caution = "تنبيه",
    scroll = "يُمرَّر داخل إطاره", footnotes = "حواشٍ",
    paper = "نسخة PDF", book = "التقرير", annex = "الملاحق",
  },
}
