-- The models that are there before any catalogue has been read. Their price is provisional: $0.05 a second,
-- until the operator sets one. The × in the aspect ratios is U+00D7, as RunComfy spells it.

INSERT INTO models (id, display_name, description, categories, input_schema, price, source, updated_at_ms)
VALUES (
  'bytedance/dreamina-3-0/pro/image-to-video',
  'Dreamina 3.0 Pro, image to video',
  'Animates one image after a prompt.',
  '["image-to-video"]',
  '{
    "type": "object",
    "required": [
      "prompt",
      "image_urls"
    ],
    "properties": {
      "prompt": {
        "type": "string",
        "maxLength": 800
      },
      "image_urls": {
        "type": "array",
        "items": {
          "type": "string",
          "format": "image_uri"
        },
        "minItems": 1,
        "maxItems": 1,
        "description": "One JPEG or PNG.",
        "validations": [
          {
            "validation_rule": "file_size_mb<",
            "validation_value": 4.7,
            "validation_error": "File size must be less than 4.7 MB."
          },
          {
            "validation_rule": "width_pixels<=",
            "validation_value": 4096,
            "validation_error": "Maximum resolution is 4096x4096."
          },
          {
            "validation_rule": "height_pixels<=",
            "validation_value": 4096,
            "validation_error": "Maximum resolution is 4096x4096."
          },
          {
            "validation_rule": "width_pixels>",
            "validation_value": 320,
            "validation_error": "The shortest side must be at least 320 pixels."
          },
          {
            "validation_rule": "height_pixels>",
            "validation_value": 320,
            "validation_error": "The shortest side must be at least 320 pixels."
          },
          {
            "validation_rule": "width/height<",
            "validation_value": 3,
            "validation_error": "The ratio of long side to short side must be within 3:1."
          },
          {
            "validation_rule": "width/height>",
            "validation_value": 0.33,
            "validation_error": "The ratio of long side to short side must be greater than 0.33."
          }
        ]
      },
      "seed": {
        "type": "integer",
        "default": -1
      },
      "frames": {
        "type": "integer",
        "enum": [
          121,
          241
        ],
        "default": 121,
        "description": "Frames of the video at 24 a second: 121 is about 5 s, 241 about 10 s."
      }
    }
  }',
  '{"usdMicros": 50000, "unit": "second", "quantity": "frames"}',
  'builtin',
  0
);

INSERT INTO models (id, display_name, description, categories, input_schema, price, source, updated_at_ms)
VALUES (
  'bytedance/dreamina-3-0/pro/text-to-video',
  'Dreamina 3.0 Pro, text to video',
  'Makes a video after a prompt.',
  '["text-to-video"]',
  '{
    "type": "object",
    "required": [
      "prompt"
    ],
    "properties": {
      "prompt": {
        "type": "string",
        "maxLength": 800
      },
      "aspect_ratio": {
        "type": "string",
        "enum": [
          "1920×1088(16:9)",
          "1664×1248(4:3)",
          "1440×1440(1:1)",
          "1248×1664(3:4)",
          "1088×1920(9:16)",
          "2176×928(21:9)"
        ],
        "default": "1920×1088(16:9)"
      },
      "frames": {
        "type": "integer",
        "enum": [
          121,
          241
        ],
        "default": 121,
        "description": "Frames of the video at 24 a second: 121 is about 5 s, 241 about 10 s."
      },
      "seed": {
        "type": "integer",
        "default": -1
      }
    }
  }',
  '{"usdMicros": 50000, "unit": "second", "quantity": "frames"}',
  'builtin',
  0
);
